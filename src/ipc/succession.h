/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What two masters say to each other, of which one takes the other's place
 * (master/upgrade.h).  They may be of different versions: a number here never
 * gets another meaning, what is not known is passed over, and struct message
 * goes over the channel as ipc/channel.c says.
 */
#ifndef DROVER_IPC_SUCCESSION_H
#define DROVER_IPC_SUCCESSION_H

enum succession {
	/* the new master to the old one */
	SUCCESSION_SAYS = 1001,	   /* arg: a report_level; data: a line for the
				    * log */
	SUCCESSION_LEFT = 1002,	   /* data: the name of a listener for which it
				    * has no Listen */
	SUCCESSION_SERVING = 1003, /* all its workers do; arg: 1, it has joined
				    * the pid file; value: the version of the
				    * connections that its workers adopt */
	SUCCESSION_FAILED = 1004,  /* data: why; it goes, and gives back what
				    * its workers have accepted */
	SUCCESSION_TAKEN = 1005,   /* after TAKE_OVER: whoever looks for the
				    * server finds it */
	SUCCESSION_PIPE = 1006,	   /* arg: the number of a log program, of those
				    * that it was told of when it was executed:
				    * it writes to its pipe */

	/* the old one to the new one */
	SUCCESSION_TAKE_OVER = 1101, /* it is the server; arg: the enum
				      * reload_mode of a reload that waits */
	SUCCESSION_QUIET = 1102,     /* nobody else accepts connections now */
	SUCCESSION_GIVE_UP = 1103,   /* before TAKE_OVER: it is not wanted any
				      * more; arg: the enum drain_mode for what
				      * it has accepted */
	SUCCESSION_ELDER = 1104,     /* fd: the channel to one that drains since
				      * an earlier change; value: its pid */
	SUCCESSION_PROGRAM = 1105,   /* before TAKE_OVER, of each of those: it
				      * is the new one's; arg: its number;
				      * value: its pid, 0: none runs; fd: a
				      * pidfd */

	/* either to the other */
	SUCCESSION_CONNECTION = 1201, /* as MESSAGE_HANDOVER */
	SUCCESSION_END = 1202,	      /* to one that drains: end at once */
};

#endif
