# Takes all memory until an uptime: what the kernel ends is begun again.
use strict;
my $until = shift;
sub adj { open(my $f, '>', '/proc/self/oom_score_adj') and print $f shift }
sub up { open(my $f, '<', '/proc/uptime') or return 0; my ($s) = split / /, <$f>; $s }
$SIG{HUP} = 'IGNORE';
adj(-1000);
my $child = 0;
while (up() < $until) {
  $child = fork() // 0;
  if ($child == 0) {
    adj(0);
    my @held;
    while (1) { push @held, 'x' x 4_000_000 }
  }
  while (up() < $until) { last if waitpid($child, 1) != 0; select(undef, undef, undef, 0.05) }
}
kill 'KILL', $child if $child;
