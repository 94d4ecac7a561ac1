/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of folders of programs. */
#include "config.h"

#include "handlers/script.h"

/* Where Apache would have no module for it either, nothing is amiss: its
 * httpd.conf comes with such a folder. */
int
script_refuse(const struct directive_use *use)
{
	static const char text[] =
	    "Drover runs no programs: these URLs are answered by 501";

	if (!directive_module_loaded(use, "mod_cgi.c") &&
	    !directive_module_loaded(use, "mod_cgid.c")) {
		directive_closed(use, -1, "%s", text);
		return 0;
	}
	return directive_unsupported(
	    use, -1, "%s, with UnsupportedModules warn", text);
}
