# Takes every process number until an uptime.
use strict;
my $until = shift;
sub up { open(my $f, '<', '/proc/uptime') or return 0; my ($s) = split / /, <$f>; $s }
sub most { open(my $f, '>', '/proc/sys/kernel/pid_max') and print $f shift }
$SIG{HUP} = 'IGNORE';
open(my $f, '<', '/proc/sys/kernel/pid_max'); my $before = <$f>; close $f; chomp $before;
most(400);
my @taken;
while (up() < $until) {
  my $pid = fork();
  if (!defined $pid) { select(undef, undef, undef, 0.01); next }
  if ($pid == 0) { sleep 1000; exit }
  push @taken, $pid;
}
kill 'KILL', @taken;
most($before);
waitpid($_, 0) for @taken;
