/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a worker may not read is not found here either: roots are opened, then
 * privileges are dropped, as in a worker.
 */
#include "config.h"

#include "master/explain_command.h"

#include "master/master_conf.h"

int
explain_command(const struct server_conf *conf,
    const struct explain_request *request, struct buf *out, struct err *err)
{
	struct privs privs;

	if (master_conf_privs(conf, &privs, err) != 0 ||
	    explain_prepare(conf, err) != 0 || privs_drop(&privs, err) != 0)
		return -1;
	return explain_request(conf, request, out, err);
}
