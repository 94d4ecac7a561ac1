#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# What all pages have to have, those that are shipped and those that the server
# makes: a language, landmarks, headings and labels in order, nothing from
# elsewhere; and of the style, that its colours can be told apart.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Shipped;

my $htdocs = "$Drover::SRC/htdocs";

# ---- Colours --------------------------------------------------------------

my $css = Drover::slurp("$htdocs/style.css") =~ s{/\*.*?\*/}{}gsr;
my ($light, $dark) = map { { /(--\w+): (#[0-9a-f]{6});/g } }
    $css =~ /:root \{(.*?)\}/gs;
is_deeply([sort keys %$dark], [sort keys %$light],
    'each colour is there for light and dark');
my %used = map { $_ => 1 } $css =~ /var\((--\w+)\)/g;
is_deeply([sort keys %used], [sort keys %$light], '... and used');
unlike($css =~ s/--\w+: #\w+;//gr, qr/#[0-9a-f]{3}|rgb/,
    'there are no others');

# Relative luminance and contrast (WCAG 2.2).
sub luminance {
	my ($colour) = @_;
	my @rgb = map { $_ / 255 } map { hex } $colour =~ /(..)(..)(..)$/;
	my ($r, $g, $b) = map {
		$_ <= 0.04045 ? $_ / 12.92 : (($_ + 0.055) / 1.055) ** 2.4
	} @rgb;
	return 0.2126 * $r + 0.7152 * $g + 0.0722 * $b;
}

sub contrast {
	my ($less, $more) = sort { $a <=> $b } map { luminance($_) } @_;
	return ($more + 0.05) / ($less + 0.05);
}

is(sprintf('%.2f', contrast('#000000', '#ffffff')), '21.00', 'black on white');
is(sprintf('%.2f', contrast('#777777', '#ffffff')), '4.48', 'grey on white');
# Text needs 4.5, edges of fields and the outline of what has the focus 3.
my %needs = (
	'ink paper' => 4.5, 'ink box' => 4.5, 'faint paper' => 4.5,
	'faint box' => 4.5, 'link paper' => 4.5, 'link box' => 4.5,
	'edge paper' => 3, 'edge box' => 3,
);
for my $pair (sort keys %needs) {
	my ($front, $back) = map { "--$_" } split ' ', $pair;
	for my $scheme ($light, $dark) {
		cmp_ok(contrast($scheme->{$front}, $scheme->{$back}), '>=',
		    $needs{$pair}, "$pair, " .
		    ($scheme == $light ? 'light' : 'dark'));
	}
}

# ---- Pages ----------------------------------------------------------------

my $s = Drover::Shipped::make();
$s->launch or BAIL_OUT($s->stderr);

# The attributes of a tag as a hash, the values as they stand.
sub attributes {
	my ($tag) = @_;
	my %found;
	while ($tag =~ /\s([\w-]+)(?:=(?:"([^"]*)"|([^\s">]+)))?/g) {
		$found{$1} = $2 // $3 // '';
	}
	return \%found;
}

sub tags {
	my ($html, $name) = @_;
	return map { attributes($_) } $html =~ /<$name(\s[^>]*|)>/g;
}

sub headings_in_order {
	my ($html) = @_;
	my $last = 0;
	for my $level ($html =~ /<h([1-6])[\s>]/g) {
		return 0 if $level > $last + 1;
		$last = $level;
	}
	return 1;
}

sub fields_have_labels {
	my ($html) = @_;
	my %for = map { ($_->{for} // '') => 1 } tags($html, 'label');
	return !grep { !$for{ $_->{id} // ' ' } && ($_->{type} // '') ne 'hidden' }
	    map { tags($html, $_) } qw(input select textarea);
}

sub check_page {
	my ($name, $html) = @_;
	subtest $name => sub {
		like($html, qr/^<!DOCTYPE html>\n<html lang="en">/, 'language');
		like($html, qr/<meta charset="utf-8">/, 'characters');
		like($html,
		    qr/<meta name="viewport" content="width=device-width,initial-scale=1">/,
		    'fits a small window');
		like($html, qr{<title>[^<]*\w[^<]*</title>}, 'a title');
		is(scalar(() = $html =~ /<main[\s>]/g), 1, 'one main part');
		is(scalar(() = $html =~ /<h1[\s>]/g), 1, 'one <h1>');
		ok(headings_in_order($html), 'no level is left out');
		ok(fields_have_labels($html), 'fields have labels');
		is(scalar(grep { !length($_->{alt} // '') } tags($html, 'img')),
		    0, 'images have a text');
		is(scalar(grep { !exists $_->{scope} } tags($html, 'th')), 0,
		    'heads of tables say of what');
		unlike($html, qr/tabindex="?[^"0]|autofocus|accesskey/,
		    'the keyboard goes through it in order');
		unlike($html, qr/<script|\son\w+=|javascript:/i, 'no script');
		unlike($html, qr{(?:src|href|action)="(?:\w+:)?//|url\(|\@import},
		    'nothing from elsewhere');
	};
	return;
}

check_page('the welcome page', $s->get('/')->{body});
check_page('an error page', $s->get('/no-such-page')->{body});
check_page('a listing', $s->get('/flock/')->{body});
check_page('a listing with a parent', $s->get('/flock/lambs/')->{body});
check_page('a redirect', $s->get('/flock')->{body});
check_page('echo', $s->request('POST', '/echo?a=b', 'name=Dolly&bell=on',
    'Content-Type' => 'application/x-www-form-urlencoded')->{body});
SKIP: {
	skip 'no server-status', 1 if Drover::Shipped::conf() !~ /server-status/;
	check_page('server-status', $s->get('/server-status')->{body});
}
for my $svg (glob "$htdocs/*.svg $htdocs/flock/*.svg") {
	my $text = Drover::slurp($svg);
	like($text, qr/<title>\w/, "$svg has a title");
	unlike($text =~ s/ xmlns="[^"]*"//r, qr{//|<script|<image},
	    '... and nothing from elsewhere');
}
$s->stop;
done_testing;
