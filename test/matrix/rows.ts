import type { HostKind } from '../../src/faults/hosts/fault.ts';
import type { JsonObject } from '../../src/model/json.ts';

/** How one fault is used in the drills. HOST, FOLDER, PEER stand for the host's name, a folder there, and an address that it can reach. */
export interface Row {
  fault: string;
  /** Tells several rows of one fault apart. */
  as?: string;
  on: readonly HostKind[];
  target?: JsonObject;
  with: JsonObject;
  /** `limits.allow` of the experiment. */
  allow?: readonly string[];
  /** Makes there what the fault is put on, before the host's state is taken down. */
  prepare?: string;
  /** Succeeds where the fault is there: no drill may pass because nothing was broken. */
  broken: string;
  /** It cannot be undone where nothing can be written, because what comes back writes. */
  writes?: boolean;
  /** More facts of the host's state, a line each, besides `scripts/fingerprint.sh`. */
  also?: string;
}

/** Fails unless a number that a command prints grows by so much in a second. */
const grows = (command: string, by: number): string =>
  `was=$(${command}); sleep 1; [ $(($(${command}) - was)) -ge ${by} ]`;
/** Ticks (of 10 ms) that all processors were busy in. */
const BUSY = "awk '/^cpu / { print $2 + $3 + $4 }' /proc/stat";
/** Sectors (of 512 bytes) written to disks. */
const WRITTEN = "awk '$3 ~ /^vd/ { sum += $10 } END { print sum }' /proc/diskstats";
/** Connections that were reset while they were open. */
const RESETS = "awk '/^Tcp: [0-9]/ { print $9 }' /proc/net/snmp";
const noted = (command: string): string => `${command} >"$FOLDER/was"`;
const isOther = (command: string): string => `[ "$(${command})" != "$(cat "$FOLDER/was")" ]`;
const INVOCATION = 'systemctl show --value -p InvocationID nginx';
const MAIN = 'systemctl show --value -p MainPID nginx';
const NGINX = { host: 'HOST', unit: 'nginx' };
/** Starts a program of ours there, now and after each boot. */
const background = (name: string, perl: string): string => `
  cat >"$FOLDER/${name}" <<'EOT'
${perl}
EOT
  echo "@reboot root setsid -f perl $FOLDER/${name} >/dev/null 2>&1" >/etc/cron.d/drill
  setsid -f perl "$FOLDER/${name}" </dev/null >/dev/null 2>&1
  sleep 1`;
const VICTIM = background('victim', 'sleep 1 while 1;');
/** One connection, made again whenever it breaks. */
const CLIENT = background(
  'client',
  `use IO::Socket::INET;
while (1) { my $s = IO::Socket::INET->new('127.0.0.1:80'); my $none = <$s> if $s; select(undef, undef, undef, 0.2) }`,
);

/** One row a use; a fault on hosts without one is not in the catalogue (`rows.test.ts`). */
export const rows: readonly Row[] = [
  {
    fault: 'exec',
    as: 'lasting',
    on: ['ssh'],
    with: {
      inject: 'mv FOLDER/settings FOLDER/settings.away',
      undo: '[ ! -e FOLDER/settings.away ] || mv FOLDER/settings.away FOLDER/settings',
      probe: 'test -e FOLDER/settings.away',
      reboot: 'keeps',
    },
    prepare: 'echo yes >"$FOLDER/settings"',
    broken: 'test -e "$FOLDER/settings.away"',
    also: 'cat "$FOLDER/settings"',
  },
  {
    fault: 'exec',
    as: 'passing',
    on: ['ssh', 'netns'],
    with: {
      inject:
        'nft add table inet drill && nft add chain inet drill out "{ type filter hook output priority 0; }" && nft add rule inet drill out tcp dport 9 drop',
      undo: 'nft delete table inet drill 2>/dev/null; ! nft list table inet drill >/dev/null 2>&1',
      probe: 'nft list table inet drill >/dev/null 2>&1',
      reboot: 'undoes',
    },
    broken: 'nft list table inet drill',
  },
  {
    fault: 'exec',
    as: 'files',
    on: ['local'],
    with: {
      inject: 'echo broken >FOLDER/broken',
      undo: 'rm -f FOLDER/broken',
      probe: 'test -e FOLDER/broken',
      reboot: 'undoes',
    },
    broken: 'test -e "$FOLDER/broken"',
  },
  { fault: 'cpu.load', on: ['ssh'], with: { percent: '50%', cores: 1 }, broken: grows(BUSY, 30) },
  {
    fault: 'memory.load',
    on: ['ssh'],
    with: { size: '30Mi' },
    broken: "[ $(ps -C dd -o rss= | awk '{ sum += $1 } END { print sum + 0 }') -ge 25000 ]",
  },
  {
    fault: 'disk.fill',
    on: ['ssh'],
    with: { path: '/srv', size: '300Mi' },
    broken: '[ "$(df -B1M --output=avail / | tail -n 1)" -lt 850 ]',
  },
  {
    fault: 'disk.load',
    on: ['ssh'],
    with: { path: '/srv', mode: ['write', 'fsync'], size: '4Mi' },
    broken: grows(WRITTEN, 100),
  },
  {
    fault: 'service.stop',
    on: ['ssh'],
    target: NGINX,
    with: {},
    broken: '! systemctl is-active --quiet nginx',
    writes: true,
    also: 'systemctl is-active nginx; systemctl is-enabled nginx; exit 0',
  },
  {
    fault: 'service.restart',
    on: ['ssh'],
    target: NGINX,
    with: {},
    prepare: noted(INVOCATION),
    broken: isOther(INVOCATION),
    writes: true,
    also: 'systemctl is-active nginx; exit 0',
  },
  {
    fault: 'service.kill',
    on: ['ssh'],
    target: NGINX,
    with: {},
    prepare: noted(MAIN),
    broken: isOther(MAIN),
    writes: true,
    also: 'systemctl is-active nginx; exit 0',
  },
  {
    fault: 'network.delay',
    on: ['ssh'],
    with: { delay: '200ms', to: ['PEER'] },
    broken: 'tc qdisc show | grep netem',
  },
  {
    fault: 'network.rate',
    on: ['ssh'],
    with: { rate: '1Mbit', to: ['PEER'] },
    broken: 'tc qdisc show | grep netem',
  },
  {
    fault: 'network.loss',
    on: ['ssh'],
    with: { loss: '50%', to: ['PEER'] },
    broken: 'tc qdisc show | grep netem',
  },
  {
    fault: 'network.loss',
    as: 'nftables',
    on: ['netns'],
    with: { loss: '50%', to: ['PEER'] },
    broken: 'nft list tables | grep aftershock',
  },
  {
    fault: 'network.partition',
    on: ['ssh', 'netns'],
    with: { from: ['PEER'] },
    broken: 'nft list tables | grep aftershock',
  },
  {
    fault: 'process.pause',
    on: ['ssh'],
    target: { host: 'HOST', command: 'FOLDER/victim' },
    with: {},
    prepare: VICTIM,
    broken: "ps -eo stat,args | grep '^T.*[/]victim'",
  },
  {
    fault: 'process.kill',
    on: ['ssh'],
    target: { host: 'HOST', command: 'FOLDER/victim' },
    with: { restart: 'exec perl FOLDER/victim' },
    prepare: VICTIM,
    broken: "! ps -eo args | grep '^perl .*[/]victim'",
  },
  {
    fault: 'network.reset',
    on: ['ssh'],
    with: { ports: [80] },
    prepare: `${CLIENT}; ${noted(RESETS)}`,
    broken: isOther(RESETS),
  },
];

export const rowName = ({ fault, as }: Row): string => (as === undefined ? fault : `${fault} (${as})`);
