dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl What the machine has: the system, the test library; and the summary.

dnl DROVER_LINUX
dnl epoll, openat2, signalfd, memfd and SO_ATTACH_FILTER are used as they are;
dnl another system would not get far, so it is told at once.
AC_DEFUN([DROVER_LINUX], [
AC_CHECK_HEADERS([sys/epoll.h linux/openat2.h], [],
    [AC_MSG_ERROR([Drover needs Linux 5.6 headers or newer])])
])

dnl DROVER_RESOLVER
dnl The client looks names up in the background; before glibc 2.34 that is in
dnl a library of its own.
AC_DEFUN([DROVER_RESOLVER], [
drover_saved_LIBS=$LIBS
LIBS=
AC_SEARCH_LIBS([getaddrinfo_a], [anl], [RESOLVER_LIBS=$LIBS],
    [AC_MSG_ERROR([the C library has no getaddrinfo_a()])])
LIBS=$drover_saved_LIBS
AC_SUBST([RESOLVER_LIBS])
])

dnl DROVER_PCRE2
dnl Regular expressions in the settings (SetEnvIf ...).
AC_DEFUN([DROVER_PCRE2], [
PKG_CHECK_MODULES([PCRE2], [libpcre2-8 >= 10.32], [], [AC_MSG_ERROR(
    [PCRE2 10.32 or newer was not found (on Debian: libpcre2-dev)])])
])

dnl DROVER_SANDBOX
dnl Both halves are built in unless they are left out on purpose; a kernel that
dnl lacks one is found out at run time.
AC_DEFUN([DROVER_SANDBOX], [
AC_ARG_WITH([seccomp],
    [AS_HELP_STRING([--without-seccomp],
	[do without libseccomp: workers may make any system call])],
    [], [with_seccomp=check])
drover_seccomp=no
AS_IF([test "$with_seccomp" != no],
    [PKG_CHECK_MODULES([SECCOMP], [libseccomp >= 2.5],
	[drover_seccomp=yes
	 AC_DEFINE([HAVE_LIBSECCOMP], [1],
	     [Define to 1 to filter system calls.])],
	[AS_IF([test "$with_seccomp" = yes], [AC_MSG_ERROR(
	    [libseccomp 2.5 or newer was not found (on Debian: libseccomp-dev)])])])])
AC_ARG_WITH([landlock],
    [AS_HELP_STRING([--without-landlock],
	[do without Landlock: workers may open any file that User may])],
    [], [with_landlock=yes])
AS_IF([test "$with_landlock" != no],
    [AC_DEFINE([WITH_LANDLOCK], [1],
	[Define to 1 to restrict by Landlock what is opened.])])
])

dnl DROVER_CMOCKA
dnl For the unit tests only; without it they are left out.
AC_DEFUN([DROVER_CMOCKA], [
AC_ARG_WITH([cmocka],
    [AS_HELP_STRING([--without-cmocka],
	[build no unit tests, even where cmocka is])],
    [], [with_cmocka=check])
drover_cmocka=no
AS_IF([test "$with_cmocka" != no],
    [PKG_CHECK_MODULES([CMOCKA], [cmocka >= 1.1.5],
	[drover_cmocka=yes],
	[AS_IF([test "$with_cmocka" = yes],
	    [AC_MSG_ERROR([cmocka 1.1.5 or newer was not found])])])])
AM_CONDITIONAL([HAVE_CMOCKA], [test "$drover_cmocka" = yes])
])

dnl DROVER_PATH(VARIABLE, TEXT)
dnl The path that the text, with variables in it, stands for.
AC_DEFUN([DROVER_PATH], [
$1=$2
while :; do
	AS_CASE([$$1], [*'${'*], [eval "$1=\"$$1\""], [break])
done
])

dnl DROVER_SUMMARY
AC_DEFUN([DROVER_SUMMARY], [
AS_IF([test "$prefix" = NONE], [prefix=$ac_default_prefix])
AS_IF([test "$exec_prefix" = NONE], [exec_prefix=$prefix])
DROVER_PATH([drover_program], ["$sbindir/drover"])
DROVER_PATH([drover_conf], ["$sysconfdir/drover/conf/httpd.conf"])
DROVER_PATH([drover_htdocs], ["$datadir/drover/htdocs"])
DROVER_PATH([drover_logs], ["$localstatedir/log/drover"])
DROVER_PATH([drover_run], ["$rundir"])
DROVER_PATH([drover_service], ["${systemdsystemunitdir:-no}"])
AS_IF([test "$drover_cmocka" = yes], [drover_unit=yes],
    [drover_unit="no (without cmocka make check runs no unit test)"])
AS_IF([test -n "$VALGRIND"], [drover_valgrind=$VALGRIND],
    [drover_valgrind="no (make check-valgrind will not work)"])
AS_IF([test "$drover_seccomp" = yes],
    [drover_calls="libseccomp $($PKG_CONFIG --modversion libseccomp)"],
    [drover_calls="no libseccomp (workers may make any system call)"])
AS_IF([test "$with_landlock" = yes], [drover_files=Landlock],
    [drover_files="no Landlock (workers may open what User may)"])
AS_ECHO(["
$PACKAGE_NAME $PACKAGE_VERSION

  compiler          $CC $CFLAGS
  libconfig         $($PKG_CONFIG --modversion libconfig)
  PCRE2             $($PKG_CONFIG --modversion libpcre2-8)
  sandbox           $drover_files, $drover_calls
  hardening         $enable_hardening
  warnings fatal    $enable_werror
  sanitizers        $enable_sanitizers
  coverage          $enable_coverage
  fuzz targets      $enable_fuzz
  unit tests        $drover_unit
  valgrind          $drover_valgrind

  program           $drover_program
  settings          $drover_conf
  pages             $drover_htdocs
  logs              $drover_logs
  pid file          $drover_run
  systemd unit      $drover_service
"])
])
