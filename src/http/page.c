/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame of pages: see page.h. */
#include "config.h"

#include "http/page.h"

#include "base/text.h"
#include "http/exchange.h"

void
page_begin(struct buf *page, const struct page_frame *frame)
{
	buf_add_str(page,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">");
	if (frame->head != NULL)
		buf_add_str(page, frame->head);
	buf_add_str(page, "<title>");
	text_add_html(page, frame->title);
	buf_add_str(page, "</title>\n<style>");
	buf_add_str(page, page_style_base);
	if (frame->data)
		buf_add_str(page, page_style_data);
	buf_add_str(page, "</style>");
	buf_add_span(page, frame->last);
	buf_add_str(page, "</head>\n<body><main");
	if (frame->wide)
		buf_add_str(page, " class=\"wide\"");
	buf_add_str(page, "><h1>");
	text_add_html(page, frame->title);
	buf_add_str(page, "</h1>\n");
}

void
page_end(struct buf *page)
{
	buf_add_str(page, PAGE_END);
}

void
response_page(struct exchange *x, int status, struct buf *page)
{
	if (buf_failed(page)) {
		buf_release(page);
		response_error(x, 500);
		return;
	}
	response_reset(&x->response);
	x->response.status = status;
	x->response.content_type =
	    (struct span)SPAN("text/html; charset=utf-8");
	body_buffer(&x->response.body, page);
}
