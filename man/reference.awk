# SPDX-License-Identifier: BSD-2-Clause
#
# Puts the directives that `drover -L' lists into the manual:
#
#	awk -f reference.awk LIST TEMPLATE TEMPLATE
#
# A line "@directives NAME..." of the template becomes the entries of these,
# each a directive, a <Section or a module, in the order of the list.  What is named by
# itself is not among its module's.  "@rest HEADING" becomes what was named
# nowhere, under that heading; nothing if there is nothing.

# Text that mdoc(7) takes as it is.
function escape(text)
{
	gsub(/\\/, "\\e", text)
	gsub(/-/, "\\-", text)
	gsub(/[|]/, "|\\:", text)	# a line may end there
	gsub(/[|]\\:\\-/, "|\\-", text)
	return text
}

# An argument of a macro: spaces, quotes and the names of macros are text.
function quote(text)
{
	gsub(/"/, "\\(dq", text)
	return "\"" text "\""
}

# Sentences, each on a line of its own.  Names stay whole.
function lines(text)
{
	gsub(/<|[A-Za-z]*[a-z][A-Z][A-Za-z]*/, "\n&", text)
	gsub(/\n<\n/, "\n<", text)
	text = escape(text)
	if (text !~ /[.:]$/)
		text = text "."
	gsub(/\n/, "\\%", text)
	gsub(/\. +/, ".\n", text)
	gsub(/\n[.']/, "\n\\\\\\&&", text)
	return text
}

function sentences(text)
{
	return lines(toupper(substr(text, 1, 1)) substr(text, 2))
}

function print_entry(i,    open)
{
	open = name[i] ~ /^</
	printf ".It Ic %s", escape(name[i])
	if (syntax[i] != "")
		printf " Ar %s", quote(escape(syntax[i]))
	print (open ? " Ns Ic >" : "")
	print sentences(help[i])
	print ".br"
	if (differs[i] != "") {
		print ".Em Differs from Apache :"
		print lines(differs[i])
		print ".br"
	}
	if (own[i])
		print ".Em Not in Apache .\n.br"
	print ".Em Where :"
	print places[i] (preset[i] == "" ? "." : ";")
	if (preset[i] != "") {
		print ".Em default :"
		print ".Ql " quote(escape(preset[i])) " ."
	}
}

# The entries that are chosen, as a list.
function print_chosen(    i, some)
{
	for (i = 1; i <= count; i++)
		some += chosen[i]
	if (some == 0)
		return
	print ".Bl -tag -width Ds"
	for (i = 1; i <= count; i++)
		if (chosen[i])
			print_entry(i)
	print ".El"
}

FNR == 1 {
	pass++
}

# The list: "Name arguments (module)", then lines that begin with a tab.
pass == 1 && /^[^\t]/ {
	count++
	module[count] = $NF
	gsub(/[()]/, "", module[count])
	name[count] = $1
	line = $0
	sub(/^[^ ]+ */, "", line)
	sub(/ *\([^()]*\)$/, "", line)
	if (name[count] ~ /^</)
		sub(/ *>$/, "", line)
	syntax[count] = line
	index_of[name[count]] = count
	next
}
pass == 1 && /^\tIn: / {
	places[count] = substr($0, 6)
	next
}
pass == 1 && /^\tDefault: / {
	preset[count] = substr($0, 11)
	next
}
pass == 1 && /^\tNot in Apache$/ {
	own[count] = 1
	next
}
pass == 1 && /^\tDiffers from Apache: / {
	differs[count] = substr($0, 23)
	next
}
pass == 1 && differs[count] != "" {
	differs[count] = differs[count] " " substr($0, 2)
	next
}
pass == 1 {
	help[count] = help[count] (help[count] == "" ? "" : " ") substr($0, 2)
	next
}

# The template, once to see what is named by itself, and once to print.
pass == 2 {
	if ($1 == "@directives")
		for (f = 2; f <= NF; f++)
			if ($f in index_of)
				alone[index_of[$f]] = 1
	next
}
$1 == "@directives" {
	for (i = 1; i <= count; i++)
		chosen[i] = 0
	for (f = 2; f <= NF; f++) {
		if ($f in index_of)
			chosen[index_of[$f]] = 1
		for (i = 1; i <= count; i++)
			if (module[i] == $f && !(i in alone))
				chosen[i] = 1
	}
	for (i = 1; i <= count; i++)
		if (chosen[i])
			done[i] = 1
	print_chosen()
	next
}
$1 == "@rest" {
	left = 0
	for (i = 1; i <= count; i++)
		left += chosen[i] = !(i in done)
	sub(/^@rest */, "")
	if (left > 0)
		print ".Ss " $0
	print_chosen()
	next
}
{
	print
}
