/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Formats: from text to an array of steps.  Strict where Apache is lax: what
 * it would leave out without a word is an error.
 */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "log/log_format.h"
#include "log/log_letter.h"

struct compiler {
	struct arena *arena;
	struct err *err;
	const char *at; /* where an error is, if there is one */
	struct log_format *format;
	bool in_string, quoted; /* of JSON: where its text stands */
	size_t status_count;
};

static int
no_memory(struct compiler *c)
{
	return err_set(c->err, "there is no memory for it");
}

static void
follow_json(struct compiler *c, char byte)
{
	if (c->quoted)
		c->quoted = false;
	else if (byte == '\\')
		c->quoted = c->in_string;
	else if (byte == '"')
		c->in_string = !c->in_string;
}

static void
add_text(struct compiler *c, char byte)
{
	struct log_item *item = &c->format->items[c->format->count];

	if (item->before_len == LOG_BEFORE_MAX) {
		c->format->count++;
		item++;
	}
	item->before[item->before_len++] = byte;
	follow_json(c, byte);
}

/* The text up to the next %, with \n, \t and \\ put in; JSON has these
 * itself. */
static void
compile_text(struct compiler *c)
{
	static const char from[] = "nt\\", to[] = "\n\t\\";

	for (; *c->at != '%' && *c->at != '\0'; c->at++) {
		const char *special = NULL;

		if (c->at[0] == '\\' && c->at[1] != '\0' && !c->format->json)
			special = strchr(from, c->at[1]);
		if (special != NULL)
			c->at++;
		add_text(c, special != NULL ? to[special - from] : *c->at);
	}
}

/* One of the status codes in front of a letter: %!200,304,302{Referer}i. */
static int
compile_status(struct compiler *c, struct log_item *item)
{
	size_t len = strspn(c->at, "0123456789");
	uint64_t value;
	int status[2];
	void *all;

	if (number_parse(span_of(c->at, len), 999, &value) != NUMBER_OK ||
	    value < 100)
		return err_set(
		    c->err, "\"%.*s\" is no status code", (int)len, c->at);
	status[0] = (int)value;
	status[1] = 0;
	all = arena_calloc(
	    c->arena, c->status_count + 2, sizeof(*item->statuses));
	if (all == NULL)
		return no_memory(c);
	if (c->status_count > 0)
		memcpy(all, item->statuses, c->status_count * sizeof(int));
	memcpy((int *)all + c->status_count++, status, sizeof(status));
	item->statuses = all;
	c->at += len;
	if (*c->at != ',')
		return 0;
	c->at++;
	return compile_status(c, item);
}

static int
compile_argument(struct compiler *c, struct log_item *item)
{
	const char *end = strchr(c->at, '}');

	if (end == NULL)
		return err_set(c->err, "\"{\" has no \"}\"");
	item->text = span_of(c->at + 1, (size_t)(end - c->at - 1));
	c->at = end + 1;
	return 0;
}

/* What stands between % and the letter; Apache takes it in any order. */
static int
compile_modifiers(struct compiler *c, struct log_item *item, int *original_r)
{
	const char *except = NULL;
	int status = 0;

	c->status_count = 0;
	while (status == 0) {
		if (*c->at == '<' || *c->at == '>')
			*original_r = *c->at++ == '<';
		else if (*c->at == '!' && except == NULL)
			except = c->at++;
		else if ((*c->at >= '0' && *c->at <= '9') || *c->at == ',')
			status = compile_status(c, item);
		else if (*c->at == '{')
			status = compile_argument(c, item);
		else
			break;
	}
	item->except = except != NULL;
	if (status == 0 && except != NULL && item->statuses == NULL) {
		c->at = except;
		return err_set(c->err, "status codes belong behind \"!\"");
	}
	return status;
}

static int
compile_letter(struct compiler *c, struct log_item *item, int original)
{
	const struct log_letter *l = log_letter_find(c->at);
	const char *letter = c->at;

	if (*c->at == '\0')
		return err_set(c->err, "a letter is missing behind \"%%\"");
	if (l == NULL)
		return err_set(c->err, "%%%.*s is no letter of a format",
		    *letter == '^' ? 3 : 1, letter);
	item->print = l->print;
	item->is_long = l->is_long;
	item->original = original == -1 ? l->original : original != 0;
	item->in_string = c->in_string;
	if (item->text.ptr != NULL)
		c->at = item->text.ptr;
	if (l->prepare != NULL) {
		if (l->prepare(item, c->arena, c->err) == -1)
			return -1;
	} else if (item->text.len > 0) {
		return err_set(c->err, "%%%s takes no {%.*s}", l->name,
		    SPAN_ARG(item->text));
	}
	c->at = letter + strlen(l->name);
	return 0;
}

/* From the % on. */
static int
compile_item(struct compiler *c)
{
	struct log_item *item = &c->format->items[c->format->count];
	int original = -1;

	c->at++;
	if (*c->at == '%') {
		add_text(c, *c->at++);
		return 0;
	}
	if (compile_modifiers(c, item, &original) == -1 ||
	    compile_letter(c, item, original) == -1)
		return -1;
	if (item->print == log_print_dash && item->statuses == NULL &&
	    !c->format->json) {
		/* It is text, and the step is still free for a letter. */
		item->print = NULL;
		item->text = span_of(NULL, 0);
		add_text(c, '-');
		return 0;
	}
	c->format->count++;
	return 0;
}

static int
compile_all(struct compiler *c)
{
	while (*c->at != '\0') {
		if (*c->at != '%')
			compile_text(c);
		else if (compile_item(c) == -1)
			return -1;
	}
	if (c->format->items[c->format->count].before_len > 0)
		c->format->count++;
	if (!c->format->json)
		return 0;
	if (c->in_string)
		return err_set(c->err, "a string of JSON is not closed");
	return log_json_prepare(c->format, c->err);
}

const struct log_format *
log_format_compile(struct arena *arena, const char *text, bool json,
    struct err *err, size_t *offset_r)
{
	struct compiler c = { .arena = arena, .err = err, .at = text };
	/* Two bytes at least make a step, and the last may be text only. */
	size_t steps = strlen(text) / 2 + 2;
	int status;

	c.format = arena_calloc(
	    arena, 1, sizeof(*c.format) + steps * sizeof(struct log_item));
	if (c.format != NULL) {
		c.format->json = json;
		c.format->least = LOG_OUT_MIN;
	}
	status = c.format == NULL ? no_memory(&c) : compile_all(&c);
	if (status == 0)
		return c.format;
	*offset_r = (size_t)(c.at - text);
	return NULL;
}

static const struct {
	const char *name, *text;
	bool json;
} builtins[] = {
#define COMMON "%h %l %u %t \"%r\" %>s "
#define AGENT "\"%{Referer}i\" \"%{User-Agent}i\""
	{ "common", COMMON "%b", false },
	{ "combined", COMMON "%b " AGENT, false },
	{ "combinedio", COMMON "%b " AGENT " %I %O", false },
	{ "vhost_combined", "%v:%p " COMMON "%O " AGENT, false },
	{ "referer", "%{Referer}i -> %U", false },
	{ "agent", "%{User-Agent}i", false },
	{ "json",
	    "{\"time\":\"%{iso8601}t\",\"client\":\"%a\",\"host\":\"%V\","
	    "\"server\":\"%v\",\"request\":\"%r\","
	    "\"method\":\"%m\",\"path\":\"%U\","
	    "\"query\":\"%q\",\"protocol\":\"%H\",\"status\":%>s,"
	    "\"bytes\":%B,\"referer\":\"%{Referer}i\","
	    "\"user_agent\":\"%{User-Agent}i\",\"duration_us\":%D}",
	    true },
};

const struct log_format *
log_format_builtin(struct arena *arena, const char *name)
{
	size_t i, offset;
	struct err err;

	for (i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++)
		if (strcasecmp(builtins[i].name, name) == 0)
			return log_format_compile(arena, builtins[i].text,
			    builtins[i].json, &err, &offset);
	return NULL;
}
