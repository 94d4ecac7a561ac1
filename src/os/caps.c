/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Capabilities by the kernel's own interface, which is small and does not
 * change.
 */
#include "config.h"

#include "os/caps.h"

#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void
caps_limit_executed(uint64_t keep)
{
	unsigned long number;

	/* It ends with the first number that the kernel does not know. */
	for (number = 0; number < 64; number++) {
		if ((keep & CAPS_BIT(number)) != 0)
			continue;
		if (prctl(PR_CAPBSET_READ, number, 0, 0, 0) < 0)
			break;
		(void)prctl(PR_CAPBSET_DROP, number, 0, 0, 0);
	}
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
}

int
caps_limit(uint64_t keep)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { { 0 } };
	unsigned i;

	if (syscall(SYS_capget, &header, data) != 0)
		return -1;
	for (i = 0; i < 2; i++) {
		uint32_t kept = (uint32_t)(keep >> (32 * i));

		data[i].permitted &= kept;
		data[i].effective &= kept;
		data[i].inheritable = 0;
	}
	return (int)syscall(SYS_capset, &header, data);
}
