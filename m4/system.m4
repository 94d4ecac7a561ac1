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

dnl DROVER_CMOCKA
dnl For the unit tests only; without it they are left out.
AC_DEFUN([DROVER_CMOCKA], [
PKG_CHECK_MODULES([CMOCKA], [cmocka >= 1.1.5],
    [drover_cmocka=yes], [drover_cmocka=no])
AM_CONDITIONAL([HAVE_CMOCKA], [test "$drover_cmocka" = yes])
])

dnl DROVER_SUMMARY
AC_DEFUN([DROVER_SUMMARY], [
AS_IF([test "$drover_cmocka" = yes], [drover_unit=yes],
    [drover_unit="no (cmocka is missing: make check runs no unit test)"])
AS_IF([test -n "$VALGRIND"], [drover_valgrind=$VALGRIND],
    [drover_valgrind="no (make check-valgrind will not work)"])
AS_ECHO(["
$PACKAGE_NAME $PACKAGE_VERSION

  compiler          $CC $CFLAGS
  libconfig         $($PKG_CONFIG --modversion libconfig)
  installed below   $prefix
  hardening         $enable_hardening
  warnings fatal    $enable_werror
  sanitizers        $enable_sanitizers
  coverage          $enable_coverage
  fuzz targets      $enable_fuzz
  unit tests        $drover_unit
  valgrind          $drover_valgrind
"])
])
