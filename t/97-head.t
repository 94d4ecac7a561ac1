#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# Hundreds of requests by GET and by HEAD: the answers are the same but for
# the body (RFC 9110, 9.3.2), and where one goes on, the other does.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Answers;
use Drover::Crowd;
use Drover::Mixed;

my $s = Drover->start(files => Drover::Mixed::files(), conf => <<'EOT');
MaxKeepAliveRequests 0
RequestReadTimeout header=0 body=0
ErrorDocument 404 /next
ErrorDocument 412 "not so"
<Location "/bare">
    Options +Indexes
</Location>
<Location "/no-type">
    SetHandler echo
</Location>
EOT
# The tags of files that have just been written are weak.
$s->wait_until(sub {
	!grep { $s->get($_)->{header}{etag} =~ /^W/ } '/a.txt', '/%c3%a9.txt';
});
my $known = $s->get('/a.txt')->{header};

# Rows that ask for something; HEAD knows no ranges.
my @messages = grep { $_->{bytes} =~ m{^GET [^ ]+ HTTP/1\.[01]\r\n} }
    Drover::Mixed::all();
my @texts = map {
	$_->{bytes} =~ s/^Range: .*\r\n//mgr =~ s/\{ETAG\}/$known->{etag}/gr
	    =~ s/\{DATE\}/$known->{'last-modified'}/gr;
} @messages;
my @get = Drover::Crowd::talk($s->port, \@texts);
s/^GET /HEAD / for @texts;
my @head = Drover::Crowd::talk($s->port, \@texts);

# What differs; '' if nothing.
sub difference {
	my ($get, $head) = @_;
	return "$get->{status}, $head->{status}"
	    if $get->{status} ne $head->{status};
	delete $_->{header}{date} for $get, $head;
	my %names = (%{ $get->{header} }, %{ $head->{header} });
	return join ', ', grep { ($get->{header}{$_} // '') ne
	    ($head->{header}{$_} // '') } sort keys %names;
}

my (%status, %faults);
for my $i (0 .. $#messages) {
	my $get = Drover::Answers::read($get[$i]{bytes});
	my $head = Drover::Answers::read($head[$i]{bytes}, 1);
	my @pairs = ($get->{answers}, $head->{answers});
	my $fault = $get->{fault} || $head->{fault} ||
	    (@{ $pairs[0] } != @{ $pairs[1] } ? 'the number of answers' : '');
	$fault ||= difference($pairs[0][0], $pairs[1][0]) if @{ $pairs[0] };
	$status{ $pairs[0][0]{status} }++ if @{ $pairs[0] };
	$faults{ $messages[$i]{name} } = $fault if $fault;
}
ok(!%faults, scalar(@messages) . ' requests by GET and HEAD')
    or diag(map { "$_: $faults{$_}\n" } sort keys %faults);
cmp_ok($status{$_} // 0, '>', 0, "of which some were answered $_")
    for 200, 301, 304, 400, 404, 412;
$s->stop;
done_testing;
