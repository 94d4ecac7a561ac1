/* SPDX-License-Identifier: BSD-2-Clause */
/* What server-status sends: how the server is, in two forms of its own. */
#ifndef DROVER_HANDLERS_STATUS_PAGE_H
#define DROVER_HANDLERS_STATUS_PAGE_H

#include "ipc/status_view.h"

/* host: that the client asked for.  refresh_s: the page asks for itself again
 * after that; 0: it does not. */
void status_print_html(
    struct buf *, const struct status_view *, struct span host, int refresh_s);
void status_print_auto(
    struct buf *, const struct status_view *, struct span host);

#endif
