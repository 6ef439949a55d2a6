# The state of a host, one fact a line: what is equal before a fault and after it. The first argument says how much of
# the host is ours: whole (a machine), netns (a network namespace), own (only what bears the folder, the second one).
use strict;
my ($scope, $folder) = @ARGV;
$ENV{PATH} .= ':/usr/sbin:/sbin';
$ENV{LC_ALL} = 'C';
$| = 1;

sub slurp { open(my $f, '<', shift) or return ''; local $/; my $text = <$f>; $text // '' }
sub entries { opendir(my $d, shift) or return (); grep { !/^\.\.?$/ } readdir $d }
sub say_lines { my $what = shift; print "$what $_\n" for grep { length } map { split /\n/ } @_ }

sub files {
  my ($at, $skip, $sized) = @_;
  return if $at =~ $skip;
  my @stat = lstat $at or return;
  my $mode = sprintf('%06o', $stat[2]);
  my $more = -l _ ? '-> ' . readlink $at : -f _ ? $stat[7] : '';
  print "file $mode $stat[4] $at $more\n";
  lstat $at;
  return unless -d _;
  files("$at/$_", $skip) for entries($at);
}

sub processes {
  my $mine = shift;
  my $our_session = (split ' ', slurp('/proc/self/stat'))[5];
  for my $pid (grep { /^\d+$/ } entries('/proc')) {
    my $stat = slurp("/proc/$pid/stat");
    my ($name) = $stat =~ /\((.*)\)/s or next;
    my ($state, $parent, undef, $session) = split ' ', $stat =~ s/.*\) //sr;
    my $words = slurp("/proc/$pid/cmdline") =~ s/\0/ /gr =~ s/\s+/ /gr;
    next if $state eq 'Z' || $session == $our_session || $words =~ /observer: of a drill/ || !$mine->($words);
    print 'process ', ($state =~ /[Tt]/ ? 'stopped ' : ''), substr($words, 0, 200), "\n";
  }
}

sub ports {
  for my $kind (qw(tcp tcp6 udp udp6)) {
    for (split /\n/, slurp("/proc/self/net/$kind")) {
      my (undef, $local, undef, $state) = split;
      print "port $kind $local\n" if ($state // '') eq '0A' || $kind =~ /udp/ && ($state // '') eq '07';
    }
  }
}

sub network {
  say_lines('qdisc', `tc qdisc show 2>/dev/null`);
  say_lines('nft', `nft -s list ruleset 2>/dev/null`);
  for my $link (entries('/sys/class/net')) { say_lines("link $link", slurp("/sys/class/net/$link/flags"), slurp("/sys/class/net/$link/mtu")) }
  ports();
}

sub machine {
  processes(sub { $_[0] =~ /\S/ && $_[0] !~ m{^(sshd: |/lib/systemd/systemd --user|\(sd-pam\)|\(udev-worker\))} });
  say_lines('mount', grep { !m{^/run/user/} } map { s/,(?:pipe_ino|nr_inodes)=\d+//gr } map { (split)[0, 1, 2, 3] ? join ' ', (split)[1, 2, 3] : '' } split /\n/, slurp('/proc/mounts'));
  say_lines('swap', slurp('/proc/swaps'));
  say_lines('unit', map { s/\s+/ /gr } grep { !/^(user|session)/ } split /\n/,
    `systemctl list-units --type=service,timer,socket --state=active,activating,deactivating,reloading,failed --no-legend --plain 2>/dev/null`);
  my $skip = qr{^/(var/(log|cache|lib/(systemd|dpkg|apt))|run/(systemd/(journal|units|sessions|users|inhibit|netif|propagate|transient/session.*)|user|log|udev|sudo)|dev/shm/drill-.*|(var/)?tmp/systemd-private.*|root/\.ssh|drill-fill|run/drill-fill)$};
  files("/$_", $skip) for qw(etc var srv opt home root run tmp dev/shm);
  say_lines('file', map { "/$_" } grep { $_ ne 'drill-fill' } entries('/'));
}

say_lines('clock', `date +%s.%N`);
print 'uptime ', (split ' ', slurp('/proc/uptime'))[0], "\n";
my $disk = `df -B1 --output=avail / 2>/dev/null | tail -n 1`;
print 'free ', $disk + 0, "\n" if $scope eq 'whole';
if ($scope eq 'own') { say_lines('nft', grep { /aftershock/ } split /\n/, `nft list tables 2>/dev/null`) }
else { network() }
if ($scope eq 'whole') { machine() }
else {
  processes(sub { index($_[0], $folder) >= 0 });
  files($folder, qr{^$});
}
