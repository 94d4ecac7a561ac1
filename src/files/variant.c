/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proactive negotiation of the content coding (RFC 9110, 12.1 and 12.5.3).
 * What may be done with a file is decided by its own name and place; a sibling
 * is but another form of it.
 */
#include "config.h"

#include "files/variant.h"

#include "files/files.h"
#include "http/accept.h"
#include "http/exchange.h"

/* With a NUL; ptr NULL without memory. */
static struct span
sibling_path(struct arena *arena, struct span path, enum coding coding)
{
	struct span suffix = coding_suffix(coding);
	char *text = arena_alloc(arena, path.len + suffix.len + 1);

	if (text == NULL)
		return span_of(NULL, 0);
	memcpy(text, path.ptr, path.len);
	memcpy(text + path.len, suffix.ptr, suffix.len + 1);
	return span_of(text, path.len + suffix.len);
}

/* NULL: it is not there any more, or not of this file. */
static struct cached_file *
get_sibling(struct exchange *x, struct cached_file *file, enum coding coding)
{
	struct span path = sibling_path(&x->arena, x->file_path, coding);
	struct cached_file *sibling;

	if (path.ptr == NULL)
		return NULL;
	sibling = files_get_coded(x, path, file->content_type, coding);
	if (sibling == NULL)
		return NULL;
	if (S_ISREG(sibling->mode) && !cached_is_older(sibling, file))
		return sibling;
	cache_put(sibling);
	return NULL;
}

static int
add_fields(struct exchange *x, bool varies, enum coding coding)
{
	static const struct span vary = SPAN("Accept-Encoding");
	struct field_list *fields = &x->response.fields;

	if (varies && field_add(fields, &x->arena, FIELD_VARY, vary) != 0)
		return -1;
	if (coding == CODING_IDENTITY)
		return 0;
	return field_add(
	    fields, &x->arena, FIELD_CONTENT_ENCODING, coding_name(coding));
}

static struct cached_file *
refuse(struct exchange *x)
{
	exchange_report(x, REPORT_INFO, "files",
	    "in no coding that the client accepts: %.*s",
	    SPAN_ARG(x->file_path));
	response_error(x, 406);
	if (add_fields(x, true, CODING_IDENTITY) != 0)
		response_error(x, 500);
	return NULL;
}

struct cached_file *
variant_choose_among(struct exchange *x, struct cached_file *file)
{
	struct coding_set set = file->siblings;
	bool varies = set.there != 0;
	struct cached_file *chosen = NULL;
	enum coding coding;

	set.there |= 1U << CODING_IDENTITY;
	set.size[CODING_IDENTITY] = file->size;
	while ((coding = accept_coding(&x->request, &set)) != CODING_COUNT) {
		chosen = coding == CODING_IDENTITY
			     ? file
			     : get_sibling(x, file, coding);
		if (chosen != NULL)
			break;
		set.there &= ~(1U << coding);
	}
	if (chosen != file)
		cache_put(file);
	if (chosen == NULL)
		return refuse(x);
	if (add_fields(x, varies, coding) == 0)
		return chosen;
	cache_put(chosen);
	response_error(x, 500);
	return NULL;
}
