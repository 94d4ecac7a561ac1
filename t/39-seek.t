#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
#
# A player that jumps ahead: Chromium gets the end of a long recording without
# what is between, by ranges, and finds there what belongs there.
use strict;
use warnings;
use Test::More;
use Drover;
use Drover::Process;

my ($chromium) = grep { -x } map { my $dir = $_; map { "$dir/$_" }
    qw(chromium chromium-browser google-chrome) } split /:/, $ENV{PATH};
plan skip_all => 'no chromium' if !defined $chromium;

# An hour of 8-bit silence at 8 kHz.
my $seconds = 3600;
my $bytes = 8000 * $seconds;
my $wav = 'RIFF' . pack('V', 36 + $bytes) . 'WAVEfmt ' .
    pack('VvvVVvv', 16, 1, 1, 8000, 8000, 1, 8) . 'data' . pack('V', $bytes) .
    chr(128) x $bytes;
my $s = Drover->start(conf => <<'EOF',
LogFormat "%s %B range=%{Range}i %U%q" ranges
CustomLog logs/ranges_log ranges
AddType audio/wav .wav
EOF
    files => { 'long.wav' => $wav, 'page.html' => <<'EOF' });
<!DOCTYPE html><title>seek</title><audio id="a" preload="metadata"></audio>
<script>
const a = document.getElementById('a');
const tell = what => fetch('/page.html?' + what);
a.onerror = () => tell('error');
a.onloadedmetadata = () => {
	a.onseeked = () => tell('at=' + a.currentTime + ';of=' + a.duration);
	a.currentTime = 3000;
};
a.src = '/long.wav';
</script>
EOF

# It stays until it is killed: what it found is in the log.
my $pid = $s->_spawn([$chromium, '--headless', '--disable-gpu',
    ($> == 0 ? '--no-sandbox' : ()), '--no-first-run', '--disable-breakpad',
    '--disable-dev-shm-usage', '--mute-audio', '--remote-debugging-port=0',
    '--user-data-dir=' . $s->dir . '/chromium', $s->url('/page.html')],
    map { $s->dir . "/chromium.$_" } qw(out err));
my ($told) = $s->wait_log('ranges', qr{/page\.html\?}, 1, 60);
kill 'TERM', $pid;
if (!defined Drover::Process::wait_child($pid, 20 * $Drover::SCALE)) {
	kill 'KILL', $pid;
	waitpid $pid, 0;
}
like($told // Drover::slurp($s->dir . '/chromium.err'),
    qr{/page\.html\?at=3000;of=3600$}, 'it is where it jumped to');
# Its line comes at the end, which may be the browser's.
my $far = join '|', map { "${_}[0-9]{6}" } 23 .. 24;
ok(scalar $s->wait_log('ranges',
    qr{^206 \d+ range=bytes=(?:$far)-\d* /long\.wav$}), 'by a range');
$s->stop;
done_testing;
