/* SPDX-License-Identifier: BSD-2-Clause */
/* The row of ErrorDocument.  Each status inherits for itself. */
#include "config.h"

#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "http/error_document.h"
#include "http/status.h"

struct error_documents {
	struct error_document *list; /* one of a status */
	size_t count;
};

struct error_document_conf {
	struct error_documents documents;
};

static struct error_document *
find(const struct error_documents *documents, int status)
{
	for (size_t i = 0; i < documents->count; i++)
		if (documents->list[i].status == status)
			return &documents->list[i];
	return NULL;
}

/* The last word within a scope holds.  -1 without memory. */
static int
put(struct arena *arena, struct error_documents *documents,
    const struct error_document *document)
{
	struct error_document *old = find(documents, document->status);
	void *all;

	if (old != NULL) {
		*old = *document;
		return 0;
	}
	all = arena_append(arena, documents->list, documents->count, document,
	    1, sizeof(*document));
	if (all == NULL)
		return -1;
	documents->list = all;
	documents->count++;
	return 0;
}

/* As in Apache with anything that looks like a scheme; but with "//", so that
 * "Sorry: it is gone" is a text. */
static bool
is_url(const char *text)
{
	size_t scheme = strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-"
	    ".");

	return scheme > 0 && strncmp(text + scheme, "://", 3) == 0;
}

static int
parse_url(const struct directive_use *use, struct error_document *document)
{
	document->kind = ERROR_DOCUMENT_URL;
	document->text = span_str(use->args[1]);
	if (document->status == 401)
		return directive_error(use, 1,
		    "a client that is sent elsewhere is not asked for its "
		    "password: 401 needs a path or a text");
	return directive_check_url(use, 1, "");
}

static int
parse_path(const struct directive_use *use, struct error_document *document)
{
	static const struct uri_rules rules = {
		.encoded_slashes = ENCODED_SLASHES_REFUSED,
		.merge_slashes = true,
	};
	int status;

	document->kind = ERROR_DOCUMENT_PATH;
	status = uri_parse_target(
	    &document->uri, span_str(use->args[1]), false, false);
	if (status == 0 && !uri_is_normal(&document->uri))
		status = uri_normalise(&document->uri, use->arena, &rules);
	if (status == 500)
		return -1;
	return status == 0
		   ? 0
		   : directive_error(use, 1,
			 "\"%s\" cannot be the path of a URL; other characters "
			 "are written as %%XX",
			 use->args[1]);
}

static int
parse_document(const struct directive_use *use, struct error_document *document)
{
	const char *text = use->args[1];

	if (strcasecmp(text, "default") == 0)
		return 0;
	if (strstr(text, "%{") != NULL)
		return directive_error(
		    use, 1, "expressions (%%{...}) are not supported");
	if (*text == '/')
		return parse_path(use, document);
	if (is_url(text))
		return parse_url(use, document);
	document->kind = ERROR_DOCUMENT_TEXT;
	document->text = span_str(text);
	return 0;
}

static int
parse_error_document(const struct directive_use *use, void *field)
{
	struct error_document document = { .set_at = use->place };
	uint64_t status;

	if (number_parse(span_str(use->args[0]), 599, &status) != NUMBER_OK ||
	    status < 400 || status_reason((int)status).len == 0)
		return directive_error(use, 0,
		    "\"%s\" is no status of an error, from 400 to 599",
		    use->args[0]);
	document.status = (int)status;
	if (parse_document(use, &document) != 0)
		return -1;
	return put(use->arena, field, &document);
}

/* Adds of the outer scope what the inner one says nothing about. */
static int
merge_documents(struct arena *arena, void *field, const void *outer_field)
{
	const struct error_documents *outer = outer_field;
	struct error_documents *inner = field, all = { NULL, 0 };

	for (size_t i = 0; i < inner->count; i++)
		if (put(arena, &all, &inner->list[i]) != 0)
			return -1;
	for (size_t i = 0; i < outer->count; i++)
		if (find(inner, outer->list[i].status) == NULL &&
		    put(arena, &all, &outer->list[i]) != 0)
			return -1;
	*inner = all;
	return 0;
}

static const struct directive rows[] = {
	DIRECTIVE_CUSTOM("ErrorDocument", IN_ANY, error_document_conf,
	    documents, struct error_documents, NULL,
	    "status \"text\"|path|URL|default",
	    "what is sent for an error in place of the small page: a text "
	    "(HTML), what this host answers for a path, or a redirect to a "
	    "URL. A request that cannot be read has the small page always",
	    .differs =
		"what a path names is sent whole, without a tag or a "
		"date, and with status 200 or not at all; there are no "
		"expressions; a URL for 401 is an error, not without effect",
	    .parse = parse_error_document, .merge = merge_documents,
	    .min_args = 2, .max_args = 2, .repeats = true),
	{ .name = NULL },
};

static unsigned section_id;
const struct conf_section error_document_section = {
	.name = "error_document",
	.rows = rows,
	.size = sizeof(struct error_document_conf),
	.id = &section_id,
};

const struct error_document *
error_document_find(const struct settings *settings, int status)
{
	const struct error_document_conf *conf =
	    settings_get(settings, &error_document_section);
	const struct error_document *document = find(&conf->documents, status);

	return document == NULL || document->kind == ERROR_DOCUMENT_DEFAULT
		   ? NULL
		   : document;
}
