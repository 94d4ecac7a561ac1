dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl Switches that build the programs to be watched: sanitizers, coverage,
dnl fuzzing, valgrind.

dnl DROVER_SANITIZERS
AC_DEFUN([DROVER_SANITIZERS], [
AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers],
	[build with AddressSanitizer and UndefinedBehaviorSanitizer])],
    [], [enable_sanitizers=no])
SANITIZE_CFLAGS=
AS_IF([test "$enable_sanitizers" = yes], [
	drover_san="-fsanitize=address,undefined"
	AS_VAR_APPEND([drover_san], [" -fno-sanitize-recover=all"])
	AS_VAR_APPEND([drover_san], [" -fno-omit-frame-pointer"])
	drover_saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS $drover_san"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()], [SANITIZE_CFLAGS=$drover_san],
	    [AC_MSG_ERROR([$CC cannot link a program with sanitizers])])
	CFLAGS=$drover_saved_CFLAGS
	AC_DEFINE([HAVE_SANITIZERS], [1],
	    [Define to 1 when built with sanitizers.])
])
AC_SUBST([SANITIZE_CFLAGS])
])

dnl DROVER_COVERAGE
AC_DEFUN([DROVER_COVERAGE], [
AC_ARG_ENABLE([coverage],
    [AS_HELP_STRING([--enable-coverage],
	[count which lines the tests run; adds `make coverage'])],
    [], [enable_coverage=no])
COVERAGE_CFLAGS=
AS_IF([test "$enable_coverage" = yes], [
	COVERAGE_CFLAGS=--coverage
	dnl What is inlined or merged is counted in the wrong place; behind the
	dnl -O2 that configure puts there by itself.
	AS_VAR_APPEND([CFLAGS], [" -O0"])
	AC_CHECK_PROG([LCOV], [lcov], [lcov], [:])
	AC_CHECK_PROG([GENHTML], [genhtml], [genhtml], [:])
])
AM_CONDITIONAL([COVERAGE], [test "$enable_coverage" = yes])
AC_SUBST([COVERAGE_CFLAGS])
])

dnl DROVER_FUZZ
dnl FUZZ_CFLAGS instruments everything, FUZZ_LDFLAGS brings libFuzzer's main
dnl into the fuzz targets.  Without the switch the same targets are linked
dnl with a main that replays files, and `make check' runs them on the corpora.
AC_DEFUN([DROVER_FUZZ], [
AC_ARG_ENABLE([fuzz],
    [AS_HELP_STRING([--enable-fuzz],
	[build the fuzz targets with libFuzzer (needs clang)])],
    [], [enable_fuzz=no])
FUZZ_CFLAGS=
FUZZ_LDFLAGS=
AS_IF([test "$enable_fuzz" = yes], [
	drover_saved_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -fsanitize=fuzzer"
	AC_LINK_IFELSE([AC_LANG_SOURCE([
#include <stddef.h>
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	return data == NULL && size > 0;
}
	])], [], [AC_MSG_ERROR([--enable-fuzz needs clang with libFuzzer (CC=clang)])])
	CFLAGS=$drover_saved_CFLAGS
	FUZZ_CFLAGS="-fsanitize=fuzzer-no-link"
	FUZZ_LDFLAGS="-fsanitize=fuzzer"
	AS_IF([test "$enable_sanitizers" != yes], [AC_MSG_ERROR(
	    [--enable-fuzz needs --enable-sanitizers to notice anything])])
])
AM_CONDITIONAL([FUZZ], [test "$enable_fuzz" = yes])
AC_SUBST([FUZZ_CFLAGS])
AC_SUBST([FUZZ_LDFLAGS])
])

dnl DROVER_VALGRIND
dnl Only where it is; `make check-valgrind' says so when it is not.
AC_DEFUN([DROVER_VALGRIND], [
AC_PATH_PROG([VALGRIND], [valgrind])
])
