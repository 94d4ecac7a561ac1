/* SPDX-License-Identifier: BSD-2-Clause */
/* Dates: what is parsed prints as a date that is parsed to the same time. */
#include "config.h"

#include "fuzz.h"
#include "http/date.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const time_t now = 784111777;
	char text[DATE_SIZE];
	time_t time, again;

	if (!date_parse(span_of((const char *)data, size), now, &time))
		return 0;
	if (time == 253402300800) /* a leap second behind the last year */
		return 0;
	date_print(time, text);
	CHECK(date_parse(span_str(text), now, &again) && time == again);
	return 0;
}
