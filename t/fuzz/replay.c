/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A main for the fuzz targets in builds without libFuzzer: hands each file
 * named on the command line to the target, once, placed before an inaccessible
 * page.  So `make check' replays the corpora with any compiler.
 */
#include "config.h"

#include <stdio.h>

#include "../unit/guard.h"
#include "fuzz.h"

enum {
	INPUT_MAX = 1 << 20
};

static void
replay(const char *path, char *bytes)
{
	FILE *file = fopen(path, "rb");
	size_t len;
	void *copy;

	if (file == NULL) {
		perror(path);
		exit(1);
	}
	len = fread(bytes, 1, INPUT_MAX, file);
	fclose(file);
	copy = guard_copy(bytes, len);
	LLVMFuzzerTestOneInput(copy, len);
	guard_free(copy, len);
}

int
main(int argc, char **argv)
{
	char *bytes = malloc(INPUT_MAX);

	if (bytes == NULL)
		return 1;
	for (int i = 1; i < argc; i++)
		replay(argv[i], bytes);
	free(bytes);
	printf("%d inputs\n", argc - 1);
	return 0;
}
