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
sub recording {
	my $bytes = 8000 * 3600;
	return 'RIFF' . pack('V', 36 + $bytes) . 'WAVEfmt ' .
	    pack('VvvVVvv', 16, 1, 1, 8000, 8000, 1, 8) .
	    'data' . pack('V', $bytes) . chr(128) x $bytes;
}

# 100 s of snow that goes from black to white; the noise makes it large.
sub make_film {
	my ($to) = @_;
	my $size = '320x180:r=10';
	return system('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i',
	    "color=c=white:s=$size", '-t', 100, '-vf',
	    'noise=alls=60:allf=t,fade=in:0:1000', '-c:v', 'libx264',
	    '-preset', 'ultrafast', '-crf', 18, '-g', 50, '-pix_fmt',
	    'yuv420p', '-movflags', '+faststart', $to) == 0 && -s $to;
}

my $s = Drover->start(conf => <<'EOF',
LogFormat "%s %B range=%{Range}i %U%q" ranges
CustomLog logs/ranges_log ranges
AddType audio/wav .wav
AddType video/mp4 .mp4
EOF
    files => { 'long.wav' => recording(), 'page.html' => <<'EOF' });
<!DOCTYPE html><title>seek</title>
<script>
const [kind, file, to] = location.hash.slice(1).split(',');
const media = document.createElement(kind);
const tell = what => fetch('/page.html?' + kind + ':' + what);
// How bright what it shows is, 0 to 99; the sound shows nothing.
function brightness() {
	const canvas = document.createElement('canvas');
	canvas.width = canvas.height = 1;
	const context = canvas.getContext('2d');
	if (kind == 'video')
		context.drawImage(media, 0, 0, 1, 1);
	return Math.floor(context.getImageData(0, 0, 1, 1).data[0] / 2.57);
}
media.preload = 'metadata';
media.muted = true;
media.onerror = () => tell('error=' + media.error.message);
media.onloadedmetadata = () => {
	media.onseeked = () => tell('at=' + media.currentTime + ';of=' +
	    media.duration + ';bright=' + brightness());
	media.currentTime = to;
};
document.documentElement.append(media);
media.src = file;
</script>
EOF

# What the page tells of a jump in a file.
sub jump {
	my ($kind, $file, $to) = @_;
	my $name = $s->dir . "/chromium-$kind";
	# It stays until it is killed: what it found is in the log.
	my $pid = $s->_spawn([$chromium, '--headless', '--disable-gpu',
	    ($> == 0 ? '--no-sandbox' : ()), '--no-first-run',
	    '--disable-breakpad', '--disable-dev-shm-usage', '--mute-audio',
	    '--remote-debugging-port=0', "--user-data-dir=$name",
	    $s->url("/page.html#$kind,$file,$to")], "$name.out", "$name.err");
	my ($told) = $s->wait_log('ranges', qr{/page\.html\?$kind:}, 1, 60);
	kill 'TERM', $pid;
	if (!defined Drover::Process::wait_child($pid, 20 * $Drover::SCALE)) {
		kill 'KILL', $pid;
		waitpid $pid, 0;
	}
	return $told // Drover::slurp("$name.err");
}

# The line of a part behind there comes at the end, which may be the browser's.
sub part_behind {
	my ($file, $offset) = @_;
	return $s->wait_until(sub {
		my @first = $s->log('ranges') =~
		    m{^206 \d+ range=bytes=(\d+)-\d* \Q$file\E$}mg;
		return grep { $_ >= $offset } @first;
	});
}

like(jump('audio', '/long.wav', 3000),
    qr{:at=3000;of=3600;}, 'a sound is where it jumped to');
ok(part_behind('/long.wav', 23_000_000), '... by a range');
SKIP: {
	my $film = $s->dir . '/htdocs/film.mp4';
	skip 'no ffmpeg with x264', 3 if !make_film($film);
	my $told = jump('video', '/film.mp4', 75);
	like($told, qr{:at=75;of=100;}, 'a film is, too');
	my ($bright) = $told =~ /bright=(\d+)/;
	cmp_ok(abs(($bright // 0) - 75), '<', 10, '... and shows what is there');
	ok(part_behind('/film.mp4', 0.5 * -s $film), '... by a range');
}
$s->stop;
done_testing;
