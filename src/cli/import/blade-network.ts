import type { JsonObject } from '../../model/json.ts';
import type { FlagKind } from './blade-command.ts';
import { type BladeAction, type Given, given, type ImportedFault } from './given.ts';

const MOST_MS = 3_600_000;

/** Flags that ChaosBlade's netem faults share. */
const netemFlags: Readonly<Record<string, FlagKind>> = {
  interface: 'value',
  'local-port': 'value',
  'remote-port': 'value',
  'exclude-port': 'value',
  'destination-ip': 'value',
  'exclude-ip': 'value',
  protocol: 'value',
  'ignore-peer-port': 'switch',
  force: 'switch',
};

const netemWithout = {
  force: 'it lets ChaosBlade replace a qdisc that somebody else made; aftershock refuses such a host',
  'ignore-peer-port': 'it is about --exclude-port only',
};

export const networkDelay: BladeAction = {
  flags: { ...netemFlags, time: 'value', offset: 'value' },
  without: netemWithout,
  turn: (from) => {
    const time = from.number('time', { min: 1, max: MOST_MS });
    const offset = from.number('offset', { min: 0, max: MOST_MS });
    if (time === undefined) from.wrong(needs('time', '--time 500, in milliseconds'));
    const own = { delay: `${time}ms`, jitter: offset ? `${offset}ms` : undefined };
    return [{ id: 'delay', fault: 'network.delay', with: given({ ...own, ...netem(from) }) }];
  },
};

export const networkLoss: BladeAction = {
  flags: { ...netemFlags, percent: 'value' },
  without: netemWithout,
  turn: (from) => {
    const percent = from.number('percent', { min: 0.01, max: 100 });
    if (percent === undefined) from.wrong(needs('percent', '--percent 50'));
    return [{ id: 'loss', fault: 'network.loss', with: given({ loss: `${percent}%`, ...netem(from) }) }];
  },
};

/** What they share: which packets, and that they are those which leave the host. */
function netem(from: Given): JsonObject {
  for (const flag of ['exclude-port', 'exclude-ip']) {
    if (from.text(flag) !== undefined) from.wrong(noExclude(flag));
  }
  const device = from.text('interface');
  if (device === undefined) from.wrong(needs('interface', '--interface eth0'));
  const to = from.list('destination-ip');
  if (to === undefined)
    from.note(
      'Everything that leaves by the interface: aftershock still lets its own ssh connection through.',
    );
  return given({
    to,
    ports: portsIn(from, 'remote-port'),
    local_ports: portsIn(from, 'local-port'),
    protocol: protocolIn(from),
    direction: 'out',
    interface: device,
  });
}

const PORTS = /^\d{1,5}(-\d{1,5})?$/;

function portsIn(from: Given, flag: string): (number | string)[] | undefined {
  const parts = from.list(flag);
  if (parts === undefined) return undefined;
  if (parts.length === 0 || !parts.every((part) => PORTS.test(part)))
    from.wrong({
      message: `\`--${flag}\` is no list of ports`,
      found: parts.join(',').slice(0, 60),
      expected: '80,8000-8080',
      fix: 'Write ports, and ranges of them.',
    });
  return parts.map((part) => (part.includes('-') ? part : Number(part)));
}

function protocolIn(from: Given): string | undefined {
  const protocol = from.text('protocol');
  if (protocol === undefined || ['tcp', 'udp', 'icmp'].includes(protocol)) return protocol;
  from.wrong({
    message: '`--protocol` is none that we know',
    found: protocol.slice(0, 60),
    expected: 'tcp, udp or icmp',
    fix: 'Write one of them, or leave it out for all.',
  });
  return undefined;
}

const DROP_FLAGS = [
  'source-ip',
  'destination-ip',
  'source-port',
  'destination-port',
  'string-pattern',
  'network-traffic',
];

export const networkDrop: BladeAction = {
  flags: Object.fromEntries(DROP_FLAGS.map((flag) => [flag, 'value'])),
  turn: (from) => {
    const [source, destination] = [from.list('source-ip'), from.list('destination-ip')];
    const [sourcePorts, destinationPorts] = [portsIn(from, 'source-port'), portsIn(from, 'destination-port')];
    if (from.text('string-pattern') !== undefined) from.wrong(noPattern);
    if ([source, destination, sourcePorts, destinationPorts].every((one) => one === undefined))
      from.wrong(needs('destination-ip', 'an address or a port, such as --destination-ip 10.10.10.7'));
    if (source !== undefined && destination !== undefined) from.wrong(bothEnds);
    from.note(
      'network.partition drops every protocol, also ICMP and IPv6, and what belongs to open connections; ChaosBlade drops TCP and UDP over IPv4, and an ACCEPT before its rules wins.',
    );
    // ChaosBlade puts the same -s and -d into both chains: only the one that names the peer ever matches.
    const out = { peers: destination, ports: destinationPorts, local_ports: sourcePorts };
    const into = { peers: source, ports: sourcePorts, local_ports: destinationPorts };
    return waysOf(from, { source, destination }).map((way, _, all) =>
      drop(way, way === 'out' ? out : into, all.length),
    );
  },
};

type Way = 'in' | 'out';

/** In which of the two chains its rules can match anything. */
function waysOf(
  from: Given,
  { source, destination }: Record<'source' | 'destination', string[] | undefined>,
): Way[] {
  const traffic = from.text('network-traffic');
  if (traffic !== undefined && traffic !== 'in' && traffic !== 'out')
    from.wrong({
      message: '`--network-traffic` is neither in nor out',
      found: traffic.slice(0, 60),
      fix: 'Write in or out, or leave it out for both.',
    });
  const asked = (['out', 'in'] as const).filter((way) => traffic === undefined || traffic === way);
  const matching = asked.filter((way) => (way === 'out' ? source : destination) === undefined);
  if (matching.length === 0) from.wrong(neverMatches);
  else if (matching.length < asked.length) {
    from.note(
      matching[0] === 'out'
        ? '--destination-ip is what the host sends there: ChaosBlade drops nothing that comes from it. For both ways write `direction: both`.'
        : '--source-ip is what comes from there: ChaosBlade drops nothing that goes to it. For both ways write `direction: both`.',
    );
  }
  return matching;
}

interface Dropped {
  peers: string[] | undefined;
  ports: (number | string)[] | undefined;
  local_ports: (number | string)[] | undefined;
}

const drop = (way: Way, { peers, ports, local_ports }: Dropped, of: number): ImportedFault => ({
  id: of === 1 ? 'cut' : `cut_${way}`,
  fault: 'network.partition',
  with: given({ from: peers ?? ['all'], ports, local_ports, direction: way }),
});

const needs = (flag: string, expected: string) => ({
  message: `\`--${flag}\` is missing, and ChaosBlade needs it`,
  expected,
  fix: `Add \`--${flag}\`.`,
});

const noExclude = (flag: string) => ({
  message: `\`--${flag}\` has no equivalent: aftershock is told what to break, not what to spare`,
  fix: 'Name the peers or ports that shall be hit (--destination-ip, --remote-port, --local-port). Our own ssh connection is spared without it.',
});

const noPattern = {
  message: '`--string-pattern` has no equivalent: we do not look into packets',
  fix: 'Name addresses or ports instead.',
};

const bothEnds = {
  message:
    '`--source-ip` with `--destination-ip` means packets that match both; aftershock names the peer only',
  fix: 'Keep the one that is the peer: --destination-ip for what the host sends, --source-ip for what it gets.',
};

const neverMatches = {
  message:
    'its rules would never match: --source-ip names the peer of what comes in, --destination-ip of what goes out',
  fix: 'Turn `--network-traffic` around, or leave it out.',
};
