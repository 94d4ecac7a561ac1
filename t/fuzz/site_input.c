/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A worker without a process: what explain does, with a client's bytes, bodies
 * and logs.  The clock stands still, so that the same comes out twice.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/report.h"
#include "conf_input.h"
#include "files/files.h"
#include "framing/framing.h"
#include "fuzz.h"
#include "log/log_conf.h"
#include "master/inspect.h"
#include "master/master_conf.h"
#include "site_input.h"
#include "wire/h1_response.h"
#include "worker/explain.h"
#include "worker/hooks.h"
#include "worker/route.h"
#include "worker/worker_private.h"

enum {
	FROZEN_SECONDS = 8,
	TURNS_MAX = 10000,
	OUT_MAX = 1 << 22,
	LINE_MAX_LEN = 32768
};

/* ---- files ---- */

/* Made in this order, removed in the other; "/": a directory. */
static const char *const tree[] = { "conf/", "conf/mime.types", "htdocs/",
	"htdocs/a.html", "htdocs/b <\"&'>.txt", "htdocs/php/",
	"htdocs/php/x.php.txt", "htdocs/sub/", "htdocs/sub/index.html",
	"htdocs/sub/c.html.en.gz", "htdocs/denied/", "htdocs/denied/.htaccess",
	"htdocs/list/", "htdocs/list/HEADER.html",
	"htdocs/list/\xc3\xa9.tar.gz", "htdocs/list/v-9", "htdocs/list/v-10" };
static char folder[] = "/tmp/drover-site.XXXXXX";

static const char *
place(size_t i)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, tree[i]);
	return path;
}

static void
clean_up(void)
{
	for (size_t i = sizeof(tree) / sizeof(tree[0]); i > 0; i--)
		(void)remove(place(i - 1));
	rmdir(folder);
}

static void
make_tree(void)
{
	CHECK(mkdtemp(folder) != NULL && atexit(clean_up) == 0);
	for (size_t i = 0; i < sizeof(tree) / sizeof(tree[0]); i++) {
		const char *path = place(i);
		FILE *file;

		if (path[strlen(path) - 1] == '/') {
			CHECK(mkdir(path, 0755) == 0);
			continue;
		}
		file = fopen(path, "w");
		CHECK(file != NULL);
		fputs("text/html html\ntext/plain txt\nimage/png png\n", file);
		CHECK(fclose(file) == 0);
	}
}

/* ---- the clock ---- */

/* By CLOCK_REALTIME and CLOCK_MONOTONIC. */
static struct timespec frozen_at[2];
static bool frozen;

/* The fuzzer looks at it, too, to see what takes too long. */
int
clock_gettime(clockid_t id, struct timespec *time_r)
{
	int status = (int)syscall(SYS_clock_gettime, id, time_r);

	if (frozen && status == 0 && id <= CLOCK_MONOTONIC &&
	    time_r->tv_sec - frozen_at[id].tv_sec < FROZEN_SECONDS)
		*time_r = frozen_at[id];
	return status;
}

static void
freeze(void)
{
	CHECK(clock_gettime(CLOCK_REALTIME, &frozen_at[0]) == 0);
	CHECK(clock_gettime(CLOCK_MONOTONIC, &frozen_at[1]) == 0);
	frozen = true;
	clock_refresh();
}

/* ---- a connection ---- */

struct serving {
	struct framed framed;
	struct exchange_peer peer;
	struct lookup_cache *lookups;
	struct exchange *waiting;
	bool woken;
	struct span input;
	struct buf out;
};

static void
wake(struct exchange *x)
{
	struct serving *s = x->wake_data;

	s->woken = true;
}

static void
go_on(struct serving *s, struct exchange *x)
{
	x->wake = wake;
	x->wake_data = s;
	s->waiting = NULL;
	if (route(x, s->lookups))
		s->framed.ops->answer(&s->framed, x);
	else
		s->waiting = x;
}

/* A format may ask for control characters. */
static bool formats_plain;

static bool
is_plain(struct span text)
{
	for (; text.len > 0; text = span_skip(text, 1)) {
		if ((unsigned char)*text.ptr < ' ' && *text.ptr != '\n')
			return false;
		if (span_starts(text, "%n") ||
		    (*text.ptr == '\\' && !span_starts(text, "\\\"")))
			return false;
	}
	return true;
}

static void
log_line(struct exchange *x)
{
	const struct log_conf *conf = settings_get(x->settings, &log_section);
	const struct custom_log *custom;
	static char line[LINE_MAX_LEN];

	for (custom = conf->customs; custom != NULL; custom = custom->next) {
		size_t len =
		    log_format_print(custom->format, x, line, sizeof(line));

		CHECK(len <= sizeof(line));
		for (size_t i = 0; i < len; i++)
			CHECK(!formats_plain || (unsigned char)line[i] >= ' ');
	}
}

static void
settle(struct serving *s)
{
	struct list_node *node;

	while ((node = list_first(&s->framed.done)) != NULL) {
		struct exchange *x = LIST_ENTRY(node, struct exchange, node);
		struct request asked = x->request;

		if (x == s->waiting)
			s->waiting = NULL;
		if (x->settings != NULL) {
			if (x->error != NULL)
				x->request = x->error->request;
			log_line(x);
			x->request = asked;
		}
		list_remove(node);
		framed_release(&s->framed, x);
	}
}

/* Of a file only how much is sent. */
static bool
output(struct serving *s)
{
	static struct output_batch batch;
	struct framed *f = &s->framed;

	if (!f->ops->output(f, &batch, OUTPUT_TURN_MAX))
		return false;
	for (int i = 0; i < batch.iov_count; i++)
		buf_add(&s->out, batch.iov[i].iov_base, batch.iov[i].iov_len);
	if (batch.fd != -1)
		buf_printf(&s->out, "[%zu]", batch.file_bytes);
	f->ops->sent(f, batch.iov_bytes + batch.file_bytes);
	settle(s);
	return true;
}

static bool
feed(struct serving *s)
{
	size_t room = 0;
	char *to;

	if (s->input.len == 0 || !s->framed.wants_input ||
	    s->framed.status != FRAMING_OPEN)
		return false;
	to = framed_input_room(&s->framed, &room);
	if (to == NULL)
		return false;
	if (room > s->input.len)
		room = s->input.len;
	memcpy(to, s->input.ptr, room);
	framed_input_added(&s->framed, room);
	s->input = span_skip(s->input, room);
	return true;
}

static bool
turn(struct serving *s)
{
	struct framed *f = &s->framed;
	struct list_node *node;
	bool moved = feed(s);

	f->ops->input(f, s->input.len == 0);
	while ((node = list_first(&f->ready)) != NULL) {
		list_remove(node);
		go_on(s, LIST_ENTRY(node, struct exchange, node));
		moved = true;
	}
	if (s->woken) {
		s->woken = false;
		moved = true;
		if (s->waiting != NULL)
			go_on(s, s->waiting);
	}
	return output(s) || moved;
}

static void
serve(const struct server_conf *conf, struct span requests, size_t sets,
    struct buf *out_r)
{
	struct serving s = { .peer = { .scheme = "http",
				 .listen_name = "127.0.0.1:8080" },
		.input = requests };
	struct framed *f = &s.framed;
	int turns = 0;

	CHECK(addr_parse(span_str("127.0.0.1"), 8080, &s.peer.local));
	CHECK(addr_parse(span_str("127.0.0.1"), 49152, &s.peer.remote));
	buf_init(&s.out, OUT_MAX);
	s.lookups = lookup_cache_create(conf, sets);
	framed_init(f, &framing_h1, conf, &s.peer);
	CHECK(s.lookups != NULL && f->ops->open(f) == 0);
	while (f->status != FRAMING_BROKEN && turn(&s))
		CHECK(turns++ < TURNS_MAX);
	f->ops->close(f);
	settle(&s);
	lookup_cache_destroy(&s.lookups);
	*out_r = s.out;
}

/* ---- what came of it ---- */

/* The first head, as a client reads it. */
static void
check_head(struct span out)
{
	static const struct h1_limits limits = { .line = 65536,
		.fields = 1000,
		.field_size = 65536,
		.total = 1 << 20 };
	static struct h1_field fields[1000];
	struct h1_response response;

	if (out.len == 0)
		return;
	h1_response_init(&response, &limits, fields);
	CHECK(h1_parse_response(&response, out.ptr, out.len) > 0);
}

static void
serve_twice(const struct server_conf *conf, struct span requests)
{
	struct buf out[2];

	serve(conf, requests, 100, &out[0]);
	serve(conf, requests, 0, &out[1]);
	check_head(buf_span(&out[0]));
	CHECK(span_equal(buf_span(&out[0]), buf_span(&out[1])));
	buf_release(&out[0]);
	buf_release(&out[1]);
}

/* What -S, -M and explain say: text in lines. */
static void
inspect(const struct server_conf *conf)
{
	static const char *const fields[] = { "Host: a.test", NULL };
	static const struct explain_request request = {
		.method = "GET", .url = "/list/", .fields = fields
	};
	struct buf out;
	struct err err;

	buf_init(&out, OUT_MAX);
	inspect_hosts(conf, &out);
	inspect_modules(conf, &out);
	inspect_run(conf, &out);
	CHECK(explain_request(conf, &request, &out, &err) == 0);
	CHECK(!buf_failed(&out) && out.data[out.len - 1] == '\n');
	buf_release(&out);
}

static struct span requests_now;

static void
use(const struct server_conf *conf)
{
	struct err err;

	freeze();
	CHECK(worker_start_modules(conf, &err) == 0);
	hooks_prepare(conf);
	if (requests_now.len == 0)
		inspect(conf);
	else
		serve_twice(conf, requests_now);
	files_stop();
	frozen = false;
}

void
site_input(struct span conf_text, struct span requests)
{
	static const char *const before[] = { "Listen 127.0.0.1:8080",
		"DocumentRoot htdocs", NULL };
	static struct conf_schema schema;
	const struct conf_use conf_use = { &schema, folder, before, use,
		.read_back = requests.len == 0 };

	if (schema.count == 0) {
		conf_schema_add(&schema, &master_section);
		worker_register(&schema);
		make_tree();
		report_set_level(REPORT_EMERG);
	}
	requests_now = requests;
	formats_plain = is_plain(conf_text);
	conf_input_use(&conf_use, "httpd.conf", conf_text);
}
