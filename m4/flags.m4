dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl Flags that the compiler or the linker may or may not know.

dnl DROVER_CFLAG(VARIABLE, FLAG)
dnl Append FLAG to VARIABLE when the compiler takes it without a murmur.
dnl -Werror makes clang refuse what it would only warn about.
AC_DEFUN([DROVER_CFLAG], [
AS_VAR_PUSHDEF([drover_ok], [drover_cv_cflag_$2])
AC_CACHE_CHECK([whether $CC accepts $2], [drover_ok], [
	drover_saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $2"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM()],
	    [AS_VAR_SET([drover_ok], [yes])], [AS_VAR_SET([drover_ok], [no])])
	CFLAGS=$drover_saved_CFLAGS
])
AS_VAR_IF([drover_ok], [yes], [AS_VAR_APPEND([$1], [" $2"])])
AS_VAR_POPDEF([drover_ok])
])

dnl DROVER_LDFLAG(VARIABLE, FLAG)
AC_DEFUN([DROVER_LDFLAG], [
AS_VAR_PUSHDEF([drover_ok], [drover_cv_ldflag_$2])
AC_CACHE_CHECK([whether the linker accepts $2], [drover_ok], [
	drover_saved_LDFLAGS=$LDFLAGS
	LDFLAGS="$LDFLAGS -Werror $2"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()],
	    [AS_VAR_SET([drover_ok], [yes])], [AS_VAR_SET([drover_ok], [no])])
	LDFLAGS=$drover_saved_LDFLAGS
])
AS_VAR_IF([drover_ok], [yes], [AS_VAR_APPEND([$1], [" $2"])])
AS_VAR_POPDEF([drover_ok])
])

dnl DROVER_WARNINGS
dnl WARN_CFLAGS, for gcc and clang alike.  Releases are built without -Werror:
dnl a compiler of next year warns about things that nobody knows today.
AC_DEFUN([DROVER_WARNINGS], [
AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror],
	[make a warning an error (for developers)])],
    [], [enable_werror=no])
WARN_CFLAGS="-std=gnu11"
m4_foreach_w([drover_warn], [-Wall -Wextra -Wpedantic -Wshadow -Wmissing-prototypes
    -Wvla], [DROVER_CFLAG([WARN_CFLAGS], drover_warn)])
AS_IF([test "$enable_werror" = yes], [AS_VAR_APPEND([WARN_CFLAGS],
    [" -Werror"])])
AC_SUBST([WARN_CFLAGS])
])
