/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The chunked transfer coding (RFC 9112, 7.1).  A state for every place in the
 * grammar, one byte at a time; only a chunk's data is taken in one piece.
 * Whatever two servers might understand differently is bad: where one of them
 * forgives, the other's next request begins somewhere else.
 */
#include "config.h"

#include "base/number.h"
#include "wire/h1_chunk.h"
#include "wire/h1_scan.h"

enum state {
	STATE_SIZE_START,
	STATE_SIZE,
	STATE_EXT_BWS,	 /* spaces before a semicolon */
	STATE_EXT_START, /* behind a semicolon */
	STATE_EXT_NAME,
	STATE_EXT_NAME_BWS, /* spaces behind a name */
	STATE_EXT_EQUALS,   /* behind the equals sign */
	STATE_EXT_TOKEN,
	STATE_EXT_QUOTED,
	STATE_EXT_ESCAPE, /* behind a backslash */
	STATE_EXT_CLOSED, /* behind the closing quote */
	STATE_SIZE_LF,
	STATE_DATA,
	STATE_DATA_CR,
	STATE_DATA_LF,
	STATE_TRAILER_START,
	STATE_TRAILER_NAME,
	STATE_TRAILER_VALUE,
	STATE_TRAILER_LF,
	STATE_END_LF,
	STATE_ENDED,
	STATE_BAD,
};

/* Sizes stay below 2^63, so that a digit more can neither wrap nor turn
 * negative in whoever counts them. */
static const uint64_t SIZE_LIMIT = (uint64_t)1 << 59;

void
h1_chunk_init(struct h1_chunk *chunk)
{
	*chunk = (struct h1_chunk){ .state = STATE_SIZE_START };
}

bool
h1_chunk_ended(const struct h1_chunk *chunk)
{
	return chunk->state == STATE_ENDED;
}

uint64_t
h1_chunk_left(const struct h1_chunk *chunk)
{
	return chunk->state == STATE_DATA ? chunk->left : 0;
}

bool
h1_chunk_in_trailers(const struct h1_chunk *chunk)
{
	return chunk->state >= STATE_TRAILER_START &&
	       chunk->state <= STATE_END_LF;
}

static inline bool
is_class(unsigned char c, enum h1_class class)
{
	return (h1_classes[c] & class) != 0;
}

static inline bool
is_space(unsigned char c)
{
	return c == ' ' || c == '\t';
}

/* Behind a whole size, name or value of an extension. */
static enum state
after_part(unsigned char c)
{
	switch (c) {
	case ' ':
	case '\t':
		return STATE_EXT_BWS;
	case ';':
		return STATE_EXT_START;
	case '\r':
		return STATE_SIZE_LF;
	default:
		return STATE_BAD;
	}
}

static enum state
in_size(struct h1_chunk *chunk, unsigned char c)
{
	int digit = number_hex_digit((char)c);

	if (digit < 0)
		return chunk->state == STATE_SIZE ? after_part(c) : STATE_BAD;
	if (chunk->left >= SIZE_LIMIT || chunk->line_len == H1_CHUNK_DIGITS_MAX)
		return STATE_BAD;
	chunk->left = chunk->left << 4 | (unsigned int)digit;
	return STATE_SIZE;
}

static enum state
in_quoted(enum state state, unsigned char c)
{
	if (!is_class(c, H1_CLASS_VALUE))
		return STATE_BAD;
	if (state == STATE_EXT_ESCAPE)
		return STATE_EXT_QUOTED;
	if (c == '\\')
		return STATE_EXT_ESCAPE;
	return c == '"' ? STATE_EXT_CLOSED : STATE_EXT_QUOTED;
}

/* Extensions (7.1.1): *( BWS ";" BWS name [ BWS "=" BWS value ] ). */
static enum state
in_extension(enum state state, unsigned char c)
{
	bool token = is_class(c, H1_CLASS_TOKEN);

	switch (state) {
	case STATE_EXT_BWS:
	case STATE_EXT_NAME_BWS:
		if (is_space(c))
			return state;
		if (c == '=' && state == STATE_EXT_NAME_BWS)
			return STATE_EXT_EQUALS;
		return c == ';' ? STATE_EXT_START : STATE_BAD;
	case STATE_EXT_START:
		if (is_space(c))
			return state;
		return token ? STATE_EXT_NAME : STATE_BAD;
	case STATE_EXT_NAME:
		if (token)
			return state;
		if (is_space(c))
			return STATE_EXT_NAME_BWS;
		return c == '=' ? STATE_EXT_EQUALS : after_part(c);
	case STATE_EXT_EQUALS:
		if (is_space(c))
			return state;
		if (c == '"')
			return STATE_EXT_QUOTED;
		return token ? STATE_EXT_TOKEN : STATE_BAD;
	default: /* STATE_EXT_TOKEN, STATE_EXT_CLOSED */
		return token && state == STATE_EXT_TOKEN ? state
							 : after_part(c);
	}
}

/* Trailers are fields as in the head, but lines end with CRLF only. */
static enum state
in_trailer(enum state state, unsigned char c)
{
	switch (state) {
	case STATE_TRAILER_START:
		if (c == '\r')
			return STATE_END_LF;
		return is_class(c, H1_CLASS_TOKEN) ? STATE_TRAILER_NAME
						   : STATE_BAD;
	case STATE_TRAILER_NAME:
		if (is_class(c, H1_CLASS_TOKEN))
			return state;
		return c == ':' ? STATE_TRAILER_VALUE : STATE_BAD;
	default: /* STATE_TRAILER_VALUE */
		if (is_class(c, H1_CLASS_VALUE))
			return state;
		return c == '\r' ? STATE_TRAILER_LF : STATE_BAD;
	}
}

/* The state behind one byte that is no byte of a chunk's data. */
static enum state
next_state(struct h1_chunk *chunk, unsigned char c)
{
	enum state state = (enum state)chunk->state;

	switch (state) {
	case STATE_SIZE_START:
	case STATE_SIZE:
		return in_size(chunk, c);
	case STATE_EXT_QUOTED:
	case STATE_EXT_ESCAPE:
		return in_quoted(state, c);
	case STATE_SIZE_LF:
		if (c != '\n')
			return STATE_BAD;
		return chunk->left > 0 ? STATE_DATA : STATE_TRAILER_START;
	case STATE_DATA_CR:
		return c == '\r' ? STATE_DATA_LF : STATE_BAD;
	case STATE_DATA_LF:
		return c == '\n' ? STATE_SIZE_START : STATE_BAD;
	case STATE_TRAILER_START:
	case STATE_TRAILER_NAME:
	case STATE_TRAILER_VALUE:
		return in_trailer(state, c);
	case STATE_TRAILER_LF:
		return c == '\n' ? STATE_TRAILER_START : STATE_BAD;
	case STATE_END_LF:
		return c == '\n' ? STATE_ENDED : STATE_BAD;
	default:
		return in_extension(state, c);
	}
}

/*
 * Counts a byte against the limits of what it belongs to: the size line without
 * its end, all extensions, the trailers without the empty line behind them.
 */
static bool
count_byte(struct h1_chunk *chunk, enum state next)
{
	if (chunk->state == STATE_SIZE_LF || chunk->state == STATE_DATA_LF) {
		chunk->line_len = 0;
		return true;
	}
	if (next >= STATE_EXT_BWS && next <= STATE_EXT_CLOSED &&
	    ++chunk->extensions > H1_CHUNK_EXTENSIONS_MAX)
		return false;
	if (next <= STATE_EXT_CLOSED)
		return ++chunk->line_len <= H1_CHUNK_LINE_MAX;
	if (chunk->state == STATE_TRAILER_START && next == STATE_TRAILER_NAME &&
	    ++chunk->trailers > H1_CHUNK_TRAILER_FIELDS_MAX)
		return false;
	if (next >= STATE_TRAILER_START && next <= STATE_TRAILER_LF)
		return ++chunk->line_len <= H1_CHUNK_TRAILERS_MAX;
	return true;
}

static void
take_byte(struct h1_chunk *chunk, unsigned char c)
{
	enum state next = next_state(chunk, c);

	if (next != STATE_BAD && !count_byte(chunk, next))
		next = STATE_BAD;
	chunk->state = (uint8_t)next;
}

/* Takes what there is of the chunk's data; returns the bytes taken. */
static size_t
take_data(struct h1_chunk *chunk, size_t len)
{
	size_t n = chunk->left < len ? (size_t)chunk->left : len;

	chunk->left -= n;
	if (chunk->left == 0)
		chunk->state = STATE_DATA_CR;
	return n;
}

long
h1_chunk_decode(struct h1_chunk *chunk, const char *data, size_t len,
    struct span *payload_r)
{
	bool in_trailers = h1_chunk_in_trailers(chunk);
	size_t i = 0, n = 0;

	while (i < len && chunk->state < STATE_ENDED &&
	       chunk->state != STATE_DATA &&
	       h1_chunk_in_trailers(chunk) == in_trailers)
		take_byte(chunk, (unsigned char)data[i++]);
	if (chunk->state == STATE_BAD)
		return -1;
	if (chunk->state == STATE_DATA)
		n = take_data(chunk, len - i);
	*payload_r = span_of(data + i, n);
	return (long)(i + n);
}
