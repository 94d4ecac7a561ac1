/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of the control socket, and its two kinds of lines. */
#include "config.h"

#include "ipc/control.h"

struct command {
	const char *word;
	bool (*takes)(struct span argument);
};

static bool
takes_none(struct span argument)
{
	return argument.len == 0;
}

static bool
takes_json(struct span argument)
{
	return argument.len == 0 || span_is(argument, "json");
}

static bool
takes_some(struct span argument)
{
	return argument.len > 0;
}

static const struct command commands[CONTROL_COMMANDS] = {
	[CONTROL_STOP] = { "stop", takes_none },
	[CONTROL_GRACEFUL_STOP] = { "graceful-stop", takes_none },
	[CONTROL_RESTART] = { "restart", takes_none },
	[CONTROL_GRACEFUL] = { "graceful", takes_none },
	[CONTROL_UPGRADE] = { "upgrade", takes_none },
	[CONTROL_REOPEN] = { "reopen", takes_none },
	[CONTROL_STATUS] = { "status", takes_json },
	[CONTROL_LOG_LEVEL] = { "log-level", takes_some },
};

static const char *const kinds[CONTROL_KINDS] = {
	[CONTROL_TEXT] = "text",
	[CONTROL_PROGRESS] = "progress",
	[CONTROL_ERROR] = "error",
	[CONTROL_DONE] = "done",
	[CONTROL_FAILED] = "failed",
	[CONTROL_MOVED] = "moved",
};

const char *
control_command_word(enum control_command command)
{
	return commands[command].word;
}

const char *
control_kind_word(enum control_kind kind)
{
	return kinds[kind];
}

bool
control_command_find(struct span word, enum control_command *command_r)
{
	unsigned i;

	for (i = 0; i < CONTROL_COMMANDS; i++) {
		if (!span_is(word, commands[i].word))
			continue;
		*command_r = (enum control_command)i;
		return true;
	}
	return false;
}

/* The word in front; the rest behind the one space. */
static struct span
split(struct span line, struct span *rest_r)
{
	size_t len = span_find(line, ' ');

	*rest_r = span_skip(line, len + 1);
	return span_of(line.ptr, len);
}

static bool
is_printable(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] < ' ' || s.ptr[i] > '~')
			return false;
	return true;
}

int
control_request_parse(
    struct span bytes, struct control_request *request_r, const char **why_r)
{
	size_t len = span_find(bytes, '\n');
	struct span word, argument;
	struct control_request r;

	if (!is_printable(span_of(bytes.ptr, len))) {
		*why_r = "that is no text";
		return -1;
	}
	if (len >= CONTROL_REQUEST_MAX) {
		*why_r = "that is too long";
		return -1;
	}
	if (len == bytes.len)
		return 0;
	word = split(span_of(bytes.ptr, len), &argument);
	if (len + 1 != bytes.len) {
		*why_r = "that is more than one line";
		return -1;
	}
	if (!control_command_find(word, &r.command)) {
		*why_r = "this server knows no such command";
		return -1;
	}
	if (!commands[r.command].takes(argument)) {
		*why_r = argument.len == 0
			     ? "this command needs an argument"
			     : "this command takes no such argument";
		return -1;
	}
	r.argument = argument;
	*request_r = r;
	return (int)len + 1;
}

bool
control_answer_parse(
    struct span line, enum control_kind *kind_r, struct span *text_r)
{
	struct span text, word = split(line, &text);
	unsigned i;

	for (i = 0; i < CONTROL_KINDS; i++) {
		if (!span_is(word, kinds[i]))
			continue;
		*kind_r = (enum control_kind)i;
		*text_r = text;
		return true;
	}
	return false;
}
