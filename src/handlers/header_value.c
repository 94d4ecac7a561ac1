/* SPDX-License-Identifier: BSD-2-Clause */
/* Values with format specifiers, as Apache's mod_headers documents them. */
#include "config.h"

#include "handlers/header_value.h"

#include "base/buf.h"
#include "base/clock.h"
#include "http/exchange_env.h"
#include "wire/h1_scan.h"

/* More is no field that anybody reads. */
#define VALUE_MAX (64 * 1024)

/* ---- load ---- */

static int
add_piece(const struct directive_use *use, struct header_value *value,
    enum header_piece_kind kind, struct span text)
{
	struct header_piece piece = { kind, text };
	void *all = arena_append(
	    use->arena, value->pieces, value->count, &piece, 1, sizeof(piece));

	if (all == NULL)
		return -1;
	value->pieces = all;
	value->count++;
	return 0;
}

/* %{NAME}e and %{NAME}s; *rest begins behind the brace. */
static int
parse_named(const struct directive_use *use, int arg, struct span *rest,
    struct header_value *value)
{
	struct span name = span_of(rest->ptr, span_find(*rest, '}'));
	char letter;

	if (name.len + 1 >= rest->len)
		return directive_error(
		    use, arg, "\"%%{\" goes on with a name, \"}\" and e or s");
	letter = rest->ptr[name.len + 1];
	*rest = span_skip(*rest, name.len + 2);
	if (letter == 'e')
		return add_piece(use, value, HEADER_PIECE_VARIABLE, name);
	if (letter == 's')
		return add_piece(use, value, HEADER_PIECE_TLS, name);
	return directive_error(use, arg,
	    "\"%%{%.*s}%c\" is not known: it is e (a variable) or s (one of "
	    "TLS)",
	    SPAN_ARG(name), letter);
}

static int
parse_specifier(const struct directive_use *use, int arg, struct span *rest,
    struct header_value *value)
{
	static const struct span percent = SPAN("%");
	static const struct span none;
	char letter;

	if (rest->len == 0)
		return directive_error(
		    use, arg, "a percent sign is written as %%%%");
	letter = rest->ptr[0];
	*rest = span_skip(*rest, 1);
	switch (letter) {
	case '%':
		return add_piece(use, value, HEADER_PIECE_TEXT, percent);
	case 't':
		return add_piece(use, value, HEADER_PIECE_TIME, none);
	case 'D':
		return add_piece(use, value, HEADER_PIECE_DURATION, none);
	case '{':
		return parse_named(use, arg, rest, value);
	case 'l':
	case 'i':
	case 'b':
		return directive_error(use, arg,
		    "\"%%%c\" is not supported: a worker does not know the "
		    "machine's load",
		    letter);
	default:
		return directive_error(use, arg,
		    "\"%%%c\" is not known; a percent sign is written as %%%%",
		    letter);
	}
}

/* Of a piece of text.  A backslash stays where that is a replacement's to
 * understand. */
static char
unescape(struct span *rest, bool is_replacement)
{
	char c = rest->ptr[0], next = rest->len > 1 ? rest->ptr[1] : '\0';

	*rest = span_skip(*rest, 1);
	if (c != '\\' || (next != 'r' && next != 'n' && next != 't' &&
			     (next != '\\' || is_replacement)))
		return c;
	*rest = span_skip(*rest, 1);
	return next == 'r'   ? '\r'
	       : next == 'n' ? '\n'
	       : next == 't' ? '\t'
			     : next;
}

static int
parse_text(const struct directive_use *use, int arg, bool is_replacement,
    struct span *rest, struct header_value *value)
{
	char *text = arena_alloc(use->arena, rest->len + 1);
	size_t len = 0;

	if (text == NULL)
		return -1;
	while (rest->len > 0 && rest->ptr[0] != '%')
		text[len++] = unescape(rest, is_replacement);
	if (h1_scan_value(text, 0, len) != len)
		return directive_error(
		    use, arg, "a field's value is one line of text");
	return add_piece(use, value, HEADER_PIECE_TEXT, span_of(text, len));
}

int
header_value_parse(const struct directive_use *use, int arg,
    bool is_replacement, struct header_value *value_r)
{
	struct span rest = span_str(use->args[arg]);
	int status = 0;

	while (rest.len > 0 && status == 0) {
		if (rest.ptr[0] != '%') {
			status = parse_text(
			    use, arg, is_replacement, &rest, value_r);
			continue;
		}
		rest = span_skip(rest, 1);
		status = parse_specifier(use, arg, &rest, value_r);
	}
	return status;
}

/* ---- requests ---- */

/* $1 and the like, and what a backslash makes ordinary. */
static void
add_replacement(
    struct buf *to, struct span text, const struct span groups[REGEX_GROUPS])
{
	while (text.len > 0) {
		char c = text.ptr[0], next = text.len > 1 ? text.ptr[1] : '\0';

		if (c == '$' && next >= '0' && next <= '9') {
			buf_add_span(to, groups[next - '0']);
			text = span_skip(text, 2);
			continue;
		}
		if (c == '\\' && next != '\0')
			text = span_skip(text, 1);
		buf_add(to, text.ptr, 1);
		text = span_skip(text, 1);
	}
}

static void
add_made(struct buf *to, const struct header_piece *piece, struct exchange *x)
{
	struct span value = { NULL, 0 };

	switch (piece->kind) {
	case HEADER_PIECE_TIME:
		buf_printf(to, "t=%lld", (long long)x->start_us);
		return;
	case HEADER_PIECE_DURATION:
		buf_printf(to, "D=%lld",
		    (long long)(clock_exact_us() - x->start_mono_us));
		return;
	case HEADER_PIECE_VARIABLE:
		value = exchange_env_get(x, piece->text);
		break;
	default:
		break;
	}
	if (value.ptr == NULL)
		buf_add_str(to, "(null)");
	else
		buf_add_span(to, value);
}

/* What a client may have written into a path, say, ends no line here. */
static void
make_one_line(char *text, size_t len)
{
	size_t at;

	while ((at = h1_scan_value(text, 0, len)) < len)
		text[at] = ' ';
}

struct span
header_value_make(const struct header_value *value, struct exchange *x,
    const struct span groups[REGEX_GROUPS])
{
	struct span made;
	struct buf text;

	if (value->count == 0)
		return span_of("", 0);
	if (groups == NULL && value->count == 1 &&
	    value->pieces[0].kind == HEADER_PIECE_TEXT)
		return value->pieces[0].text;
	buf_init(&text, VALUE_MAX);
	for (size_t i = 0; i < value->count; i++) {
		const struct header_piece *piece = &value->pieces[i];

		if (piece->kind != HEADER_PIECE_TEXT)
			add_made(&text, piece, x);
		else if (groups != NULL)
			add_replacement(&text, piece->text, groups);
		else
			buf_add_span(&text, piece->text);
	}
	made = buf_failed(&text) ? span_of(NULL, 0)
				 : arena_span(&x->arena, buf_span(&text));
	buf_release(&text);
	if (made.ptr != NULL)
		make_one_line((char *)made.ptr, made.len);
	return made;
}
