/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Status codes: their registered reasons, and for the codes that people get to
 * see a sentence for the small page.  The sentences say nothing of the server,
 * its files or its faults.
 */
#include "config.h"

#include "http/status.h"

enum {
	STATUS_END = 600
};

/* clang-format off */
static const struct span reasons[STATUS_END] = {
	[100] = SPAN("Continue"),
	[101] = SPAN("Switching Protocols"),
	[102] = SPAN("Processing"),
	[103] = SPAN("Early Hints"),
	[200] = SPAN("OK"),
	[201] = SPAN("Created"),
	[202] = SPAN("Accepted"),
	[203] = SPAN("Non-Authoritative Information"),
	[204] = SPAN("No Content"),
	[205] = SPAN("Reset Content"),
	[206] = SPAN("Partial Content"),
	[207] = SPAN("Multi-Status"),
	[208] = SPAN("Already Reported"),
	[226] = SPAN("IM Used"),
	[300] = SPAN("Multiple Choices"),
	[301] = SPAN("Moved Permanently"),
	[302] = SPAN("Found"),
	[303] = SPAN("See Other"),
	[304] = SPAN("Not Modified"),
	[305] = SPAN("Use Proxy"),
	[307] = SPAN("Temporary Redirect"),
	[308] = SPAN("Permanent Redirect"),
	[400] = SPAN("Bad Request"),
	[401] = SPAN("Unauthorized"),
	[402] = SPAN("Payment Required"),
	[403] = SPAN("Forbidden"),
	[404] = SPAN("Not Found"),
	[405] = SPAN("Method Not Allowed"),
	[406] = SPAN("Not Acceptable"),
	[407] = SPAN("Proxy Authentication Required"),
	[408] = SPAN("Request Timeout"),
	[409] = SPAN("Conflict"),
	[410] = SPAN("Gone"),
	[411] = SPAN("Length Required"),
	[412] = SPAN("Precondition Failed"),
	[413] = SPAN("Content Too Large"),
	[414] = SPAN("URI Too Long"),
	[415] = SPAN("Unsupported Media Type"),
	[416] = SPAN("Range Not Satisfiable"),
	[417] = SPAN("Expectation Failed"),
	[421] = SPAN("Misdirected Request"),
	[422] = SPAN("Unprocessable Content"),
	[423] = SPAN("Locked"),
	[424] = SPAN("Failed Dependency"),
	[425] = SPAN("Too Early"),
	[426] = SPAN("Upgrade Required"),
	[428] = SPAN("Precondition Required"),
	[429] = SPAN("Too Many Requests"),
	[431] = SPAN("Request Header Fields Too Large"),
	[451] = SPAN("Unavailable For Legal Reasons"),
	[500] = SPAN("Internal Server Error"),
	[501] = SPAN("Not Implemented"),
	[502] = SPAN("Bad Gateway"),
	[503] = SPAN("Service Unavailable"),
	[504] = SPAN("Gateway Timeout"),
	[505] = SPAN("HTTP Version Not Supported"),
	[506] = SPAN("Variant Also Negotiates"),
	[507] = SPAN("Insufficient Storage"),
	[508] = SPAN("Loop Detected"),
	[510] = SPAN("Not Extended"),
	[511] = SPAN("Network Authentication Required"),
};
/* clang-format on */

struct span
status_reason(int status)
{
	if (status < 0 || status >= STATUS_END)
		return (struct span)SPAN("");
	return reasons[status].ptr != NULL ? reasons[status]
					   : (struct span)SPAN("");
}

/* clang-format off */
static const char *const sentences[STATUS_END] = {
	[301] = "This page has moved for good.",
	[302] = "This page is at another address for now.",
	[303] = "This page is at another address for now.",
	[307] = "This page is at another address for now.",
	[308] = "This page has moved for good.",
	[400] = "The request was not understood. Please check the address.",
	[401] = "This page needs a name and a password.",
	[403] = "This page may not be seen by you.",
	[404] = "There is no page at this address. Please check it for "
	    "typing errors.",
	[405] = "This page cannot be used in this way.",
	[406] = "This page is not there in any form that was asked for.",
	[408] = "The request took too long to arrive. Please try again.",
	[409] = "The request does not fit what is there now.",
	[410] = "This page has been removed for good.",
	[411] = "The request has to say how long it is.",
	[412] = "The page has changed since it was last seen. Please load it "
	    "again.",
	[413] = "What was sent is larger than the server takes.",
	[414] = "The address is longer than the server takes.",
	[415] = "What was sent is of a kind that the server does not take.",
	[416] = "The page has no such part.",
	[417] = "The server cannot do what the request expects.",
	[421] = "This server does not answer for this address.",
	[429] = "There were too many requests. Please wait a little.",
	[431] = "The browser sent more than the server takes. Deleting the "
	    "cookies of this site may help.",
	[451] = "This page may not be shown, for legal reasons.",
	[501] = "The server does not know this kind of request.",
	[502] = "A server behind this one gave no answer that makes sense. "
	    "Please try again later.",
	[503] = "The server is busy. Please try again in a moment.",
	[504] = "A server behind this one did not answer in time. Please try "
	    "again later.",
	[505] = "The server does not speak this version of HTTP.",
	[507] = "The server has no room left for this.",
};
/* clang-format on */

/* Where a code has no sentence of its own. */
static const char *
class_sentence(int status)
{
	if (status >= 500)
		return "The server could not answer this request. "
		       "Please try again later.";
	if (status >= 400)
		return "The server does not accept this request.";
	if (status >= 300)
		return "What was asked for is at another address.";
	return "The request was answered.";
}

const char *
status_sentence(int status)
{
	if (status < 0 || status >= STATUS_END || sentences[status] == NULL)
		return class_sentence(status);
	return sentences[status];
}

bool
status_has_body(int status)
{
	return status >= 200 && status != 204 && status != 304;
}
