/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the error log says of requests: in the log, by the level and in the
 * format of its host.  The first message about a connection and about a
 * request gives it an id, and may be preceded by lines about either.
 */
#include "config.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "http/canonical.h"
#include "http/exchange_env.h"
#include "ipc/error_format.h"
#include "log/error_log.h"
#include "log/error_log_private.h"
#include "log/log_conf.h"

/* Base64 of 64 bits, without padding. */
#define ID_LEN (ERROR_LOG_ID_MAX - 1)

/* ---- ids ---- */

/* Numbers of what this process speaks of; 0 is none. */
static uint32_t
new_number(void)
{
	static uint32_t last;

	if (++last == 0)
		last = 1;
	return last;
}

/* Of one process all are different, and in all likelihood those of others. */
static void
print_id(uint32_t number, char to[ERROR_LOG_ID_MAX])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklm"
				     "nopqrstuvwxyz0123456789+/";
	static uint64_t seed;
	uint64_t z;
	size_t i;

	if (seed == 0)
		seed = (uint64_t)clock_real_us() ^ (uint64_t)getpid() << 40;
	/* SplitMix64, which is one to one. */
	z = seed + number * (uint64_t)0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	z ^= z >> 31;
	for (i = 0; i < ID_LEN; i++, z >>= 6)
		to[i] = digits[z & 63];
	to[ID_LEN] = '\0';
}

static void
give_request_id(struct exchange *x)
{
	char *text = arena_alloc(&x->arena, ERROR_LOG_ID_MAX);

	if (text == NULL)
		return;
	print_id(new_number(), text);
	x->log_id = text;
}

size_t
error_log_connection_id(const struct exchange *x, char to[ERROR_LOG_ID_MAX])
{
	if (x->peer->log_id == 0)
		return 0;
	print_id(x->peer->log_id, to);
	return ID_LEN;
}

/* ---- values ---- */

struct about {
	struct error_subject subject;
	const struct server_conf *conf;
	const struct exchange *x; /* NULL: the server itself */
	bool connection;	  /* what is said is of its connection only */
};

static const struct about *
about_of(const struct error_subject *subject)
{
	return (const struct about *)subject;
}

static struct span
server_name(const struct about *about)
{
	const struct host *host = NULL;

	if (about->x != NULL)
		host = about->x->route.host;
	if ((host == NULL || host->name == NULL) && about->conf != NULL)
		host = &about->conf->hosts[0];
	return span_str(host == NULL || host->name == NULL ? "" : host->name);
}

/* {c}: of the connection; {C}: of the connection, if it is all there is. */
static struct span
id_of(const struct about *about, struct span which, char *scratch)
{
	const struct exchange *x = about->x;

	if (which.len > 0) {
		if (which.ptr[0] == 'C' && !about->connection)
			return (struct span){ NULL, 0 };
		return span_of(scratch, error_log_connection_id(x, scratch));
	}
	if (about->connection || x->log_id == NULL)
		return (struct span){ NULL, 0 };
	return span_str(x->log_id);
}

/* Of a request only. */
static struct span
request_text(const struct exchange *x, char letter, struct span name)
{
	const struct field *field;

	switch (letter) {
	case 'i':
		field = request_field_named(&x->request, name);
		return field == NULL ? (struct span){ NULL, 0 } : field->value;
	case 'e':
		return exchange_env_get(x, name);
	case 'n':
		return exchange_note_get(x, name);
	case 'V':
		return canonical_client_name(x);
	default:
		return (struct span){ NULL, 0 };
	}
}

static struct span
value(const struct error_subject *subject, char letter, struct span argument,
    char scratch[ERROR_VALUE_SCRATCH])
{
	const struct about *about = about_of(subject);
	struct span text = { NULL, 0 };

	if (about->x != NULL && !about->connection)
		text = request_text(about->x, letter, argument);
	if (text.len > 0)
		return text;
	if (letter == 'v' ||
	    (letter == 'V' && about->x != NULL && !about->connection))
		return server_name(about);
	if (about->x == NULL)
		return text;
	switch (letter) {
	case 'a': /* {c} */
		return span_of(
		    scratch, addr_print(&about->x->peer->remote, scratch));
	case 'A':
		return span_of(
		    scratch, addr_print(&about->x->peer->local, scratch));
	case 'k':
		return span_of(
		    scratch, number_print(scratch, about->x->requests_before));
	case 'L':
		return id_of(about, argument, scratch);
	default:
		return text;
	}
}

const struct error_subject *
error_subject_server(const struct server_conf *conf)
{
	static struct about about = { .subject.value = value };

	about.conf = conf;
	return &about.subject;
}

/* ---- messages ---- */

static bool
wants(const struct exchange *x, enum report_level level, const char *room)
{
	const struct log_conf *conf = settings_get(x->settings, &log_section);

	return level <= log_level_of(&conf->levels, room);
}

/* The lines that tell of a connection or a request as such. */
static void
write_once(const struct log_conf *conf, const struct error_once *formats,
    const struct error_line *message, struct about *about)
{
	struct error_line line = *message;

	line.room = NULL;
	line.text.len = 0;
	line.subject = &about->subject;
	for (; formats != NULL; formats = formats->next) {
		line.format = formats->format;
		error_log_emit(conf->error->dest, &line);
	}
}

/*
 * Never counted instead of written: who watches the log for clients that come
 * again and again (fail2ban) counts the lines.
 */
static void
write_line(struct exchange *x, enum report_level level, const char *room,
    struct span text)
{
	const struct log_conf *conf = settings_get(x->settings, &log_section);
	const struct error_formats *formats = &conf->error_formats;
	struct about about = {
		.subject.value = value, .conf = x->conf, .x = x
	};
	char client[ADDR_TEXT_SIZE];
	struct error_line line = { .level = level,
		.room = room,
		.client = client,
		.text = text,
		.referer = request_value(&x->request, FIELD_REFERER),
		.format = formats->line,
		.subject = &about.subject };

	if (!error_log_ready()) {
		report(level, room, "%.*s", SPAN_ARG(text));
		return;
	}
	if (!error_log_admits(level))
		return;
	if (x->peer->log_id == 0) {
		addr_print(&x->peer->remote, client);
		x->peer->log_id = new_number();
		about.connection = true;
		write_once(conf, formats->connection, &line, &about);
		about.connection = false;
	}
	addr_print(exchange_client(x), client);
	if (x->log_id == NULL) {
		give_request_id(x);
		write_once(conf, formats->request, &line, &about);
	}
	error_log_emit(conf->error->dest, &line);
}

const struct exchange_reporter error_exchange_reporter = { wants, write_line };
