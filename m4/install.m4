dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl Where files for other programs of the machine go.  All of them are below
dnl the prefix unless told otherwise, so that nobody without the right to write
dnl elsewhere needs it, and systemd, bash and zsh look below /usr and
dnl /usr/local.

dnl DROVER_DIR(NAME, DEFAULT, WHAT)
dnl NAME for the Makefile, empty when it is not wanted.
AC_DEFUN([DROVER_DIR], [
AC_ARG_WITH([$1],
    [AS_HELP_STRING([--with-$1=DIR], [$3])],
    [], [with_$1=yes])
AS_CASE([$with_$1],
    [yes], [$1='$2'],
    [no], [$1=],
    [$1=$with_$1])
AC_SUBST([$1])
])

dnl DROVER_DIRS
AC_DEFUN([DROVER_DIRS], [
DROVER_DIR([systemdsystemunitdir], [${prefix}/lib/systemd/system],
    [units of systemd @<:@PREFIX/lib/systemd/system@:>@])
DROVER_DIR([sysusersdir], [${prefix}/lib/sysusers.d],
    [users that systemd-sysusers makes @<:@PREFIX/lib/sysusers.d@:>@])
DROVER_DIR([tmpfilesdir], [${prefix}/lib/tmpfiles.d],
    [folders that systemd-tmpfiles makes @<:@PREFIX/lib/tmpfiles.d@:>@])
DROVER_DIR([logrotatedir], [${sysconfdir}/logrotate.d],
    [which logs logrotate rotates @<:@SYSCONFDIR/logrotate.d@:>@])
AM_CONDITIONAL([LOGROTATE], [test -n "$logrotatedir"])
DROVER_DIR([bashcompletiondir], [${datadir}/bash-completion/completions],
    [completions of bash @<:@DATADIR/bash-completion/completions@:>@])
AS_IF([test "$prefix" = /usr && test -d /usr/share/zsh/vendor-completions],
    [drover_zsh=vendor-completions], [drover_zsh=site-functions])
DROVER_DIR([zshcompletiondir], [${datadir}/zsh/'$drover_zsh'],
    [completions of zsh @<:@DATADIR/zsh/site-functions@:>@])
dnl /var/run is /run by its old name, which systemd-tmpfiles would rather not
dnl read.
AS_IF([test "$localstatedir:$runstatedir" = '/var:${localstatedir}/run'],
    [rundir=/run/drover], [rundir='${runstatedir}/drover'])
AC_SUBST([rundir])
dnl The manual asks the program what it knows, and cannot where that does not
dnl run: it is built without the reference then.
AS_IF([test "$cross_compiling" = yes], [CROSS_COMPILING=:],
    [CROSS_COMPILING=false])
AC_SUBST([CROSS_COMPILING])
])
