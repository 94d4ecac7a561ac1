/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The master itself has no sandbox: it forks, opens logs and ports, and starts
 * programs, and its children would inherit one.  It gives up what it can.
 */
#include "config.h"

#include "master/confinement.h"

#include <linux/capability.h>

#include "base/report.h"
#include "master/master_conf.h"
#include "os/caps.h"

/*
 * Ports below 1024, and listeners that refuse newcomers; User and Group, and
 * signals to them; logs and settings in folders of others; and, so that workers
 * can lose all, the right to take away.
 */
#define MASTER_KEEPS                                                           \
	(CAPS_BIT(CAP_NET_BIND_SERVICE) | CAPS_BIT(CAP_NET_ADMIN) |            \
	    CAPS_BIT(CAP_SETUID) | CAPS_BIT(CAP_SETGID) | CAPS_BIT(CAP_KILL) | \
	    CAPS_BIT(CAP_DAC_OVERRIDE) | CAPS_BIT(CAP_DAC_READ_SEARCH) |       \
	    CAPS_BIT(CAP_CHOWN) | CAPS_BIT(CAP_FOWNER) |                       \
	    CAPS_BIT(CAP_SETPCAP))

int
confinement_limit_master(struct err *err)
{
	caps_limit_executed(MASTER_KEEPS);
	if (caps_limit(MASTER_KEEPS) < 0)
		return err_set_errno(err, "cannot give up capabilities");
	return 0;
}

static bool
lacks(char text_r[SANDBOX_TEXT])
{
	struct sandbox_support support;

	sandbox_probe(&support);
	return sandbox_lacks(&support, text_r);
}

int
confinement_check(const struct server_conf *conf, struct err *err)
{
	char missing[SANDBOX_TEXT];

	if (master_conf_get(conf)->sandbox != SANDBOX_REQUIRE ||
	    !lacks(missing))
		return 0;
	return err_set(err, "Sandbox require: there is %s", missing);
}

void
confinement_announce(const struct server_conf *conf, bool *said)
{
	char missing[SANDBOX_TEXT];

	if (*said || master_conf_get(conf)->sandbox != SANDBOX_ON ||
	    !lacks(missing))
		return;
	*said = true;
	report(REPORT_WARN, "master",
	    "workers and logger are not fully confined: there is %s", missing);
}
