dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl DROVER_HARDENING
dnl HARDEN_CPPFLAGS, HARDEN_CFLAGS and HARDEN_LDFLAGS: position independent
dnl programs, read-only relocations, guarded stacks, checked libc calls.
dnl To be called after DROVER_SANITIZERS and DROVER_FUZZ, since _FORTIFY_SOURCE
dnl hides from AddressSanitizer what it should see.
AC_DEFUN([DROVER_HARDENING], [
AC_ARG_ENABLE([hardening],
    [AS_HELP_STRING([--disable-hardening],
	[leave out PIE, RELRO, stack protector and _FORTIFY_SOURCE])],
    [], [enable_hardening=yes])
HARDEN_CPPFLAGS=
HARDEN_CFLAGS=
HARDEN_LDFLAGS=
AS_IF([test "$enable_hardening" = yes], [
	DROVER_CFLAG([HARDEN_CFLAGS], [-fPIE])
	DROVER_CFLAG([HARDEN_CFLAGS], [-fstack-protector-strong])
	DROVER_CFLAG([HARDEN_CFLAGS], [-fstack-clash-protection])
	DROVER_LDFLAG([HARDEN_LDFLAGS], [-pie])
	DROVER_LDFLAG([HARDEN_LDFLAGS], [-Wl,-z,relro])
	DROVER_LDFLAG([HARDEN_LDFLAGS], [-Wl,-z,now])
	DROVER_LDFLAG([HARDEN_LDFLAGS], [-Wl,-z,noexecstack])
	AC_MSG_CHECKING([whether to define _FORTIFY_SOURCE])
	AS_IF([test "$SANITIZE_CFLAGS$FUZZ_CFLAGS$COVERAGE_CFLAGS" != ""],
	    [drover_fortify=no], [
	dnl glibc warns when it is defined in a build that does not optimise.
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([
#ifndef __OPTIMIZE__
#error not optimising
#endif
	])], [drover_fortify=yes], [drover_fortify=no])
	])
	AC_MSG_RESULT([$drover_fortify])
	AS_IF([test "$drover_fortify" = yes],
	    [HARDEN_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])
])
AC_SUBST([HARDEN_CPPFLAGS])
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])
])
