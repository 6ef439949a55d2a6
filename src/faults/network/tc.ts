import { type Flow, rangeText, type Way } from './flow.ts';
import type { Ports } from './params.ts';

/** By which classifier packets are told apart: flower, or where the kernel lacks it u32. */
export type Classifier = 'flower' | 'u32';

/** What is done to some traffic of one interface. */
export interface Shape {
  device: string;
  /** Which of ours this interface is: its ifb is named by it. */
  index: number;
  flows: readonly Flow[];
  ways: readonly Way[];
  kept?: Flow;
  /** What netem does: `delay 500000us`. */
  netem: string;
  by: Classifier;
}

/**
 * Our handles: `af` (prio) and `ae` (netem) with the first two digits of the tag, which the script puts for @h@, so that
 * an injection never takes the qdisc of another for its own.
 */
const PRIO = 'af@h@:';
const NETEM = 'ae@h@:';
/** Of our filters, so that those of others on the same qdisc are seen. */
const FIRST_PREF = 45_000;
/** As pfifo_fast has it by default; of our own, because a device may have none. */
const QUEUE = 1_000;

export const ifbOf = (index: number): string => `af5-@tag@-${index}`;

/** Lines of `tc -batch` for what leaves by the interface. */
export function egressOf(shape: Shape): string[] {
  const { device, netem } = shape;
  const bands = [1, 2, 3].map((band) => `qdisc add dev ${device} parent ${PRIO}${band} pfifo limit ${QUEUE}`);
  return [
    // The kernel's own map of priorities knows three bands: only our filters lead to the fourth.
    `qdisc add dev ${device} root handle ${PRIO} prio bands 4 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1`,
    ...bands,
    `qdisc add dev ${device} parent ${PRIO}4 handle ${NETEM} netem ${netem}`,
    ...filters(shape, 'out', {
      at: `dev ${device} parent ${PRIO}`,
      kept: `classid ${PRIO}1`,
      matched: `classid ${PRIO}4`,
    }),
  ];
}

/** Lines of `tc -batch` for what comes in: it takes a way round over our ifb, on which netem is. */
export function ingressOf(shape: Shape): string[] {
  const { device, index, netem } = shape;
  return [
    `qdisc add dev ${ifbOf(index)} root handle ${NETEM} netem ${netem}`,
    `qdisc add dev ${device} handle ffff: ingress`,
    ...filters(shape, 'in', {
      at: `dev ${device} parent ffff:`,
      kept: 'action pass',
      matched: `action mirred egress redirect dev ${ifbOf(index)}`,
    }),
  ];
}

interface Verdicts {
  at: string;
  kept: string;
  matched: string;
}

/** The controller's first; filters of one preference share protocol and kind. */
function filters({ flows, kept, by }: Shape, way: Way, { at, ...verdicts }: Verdicts): string[] {
  const add = (family: Flow['family'], offset: number, words: string[]): string =>
    [
      `filter add ${at} pref ${FIRST_PREF + offset + (family === 'ip' ? 0 : 1)}`,
      `protocol ${family === 'ip' ? 'ip' : 'ipv6'} ${by}`,
      ...words.filter((word) => word !== ''),
    ].join(' ');
  const first = kept === undefined ? [] : matchesOf(kept, way, by);
  return [
    ...first.map((match) => add(kept?.family ?? 'ip', 0, [match, verdicts.kept])),
    ...(kept?.family === 'ip6' ? neighbours(by).map((match) => add('ip6', 0, [match, verdicts.kept])) : []),
    ...flows.flatMap((flow) =>
      matchesOf(flow, way, by).map((match) => add(flow.family, 2, [match, verdicts.matched])),
    ),
  ];
}

/** Router and neighbour discovery (RFC 4861): without them a connection over IPv6 that is kept would not live. */
const neighbours = (by: Classifier): string[] =>
  [133, 134, 135, 136].map((type) =>
    by === 'flower'
      ? `ip_proto icmpv6 type ${type}`
      : `match ip6 protocol 58 0xff match u8 ${type} 0xff at 40`,
  );

const ANY: readonly (Ports | undefined)[] = [undefined];

/** One match for each pair of port ranges. */
function matchesOf(flow: Flow, way: Way, by: Classifier): string[] {
  const ports = flow.ports.length === 0 ? ANY : flow.ports;
  const own = flow.localPorts.length === 0 ? ANY : flow.localPorts;
  return ports.flatMap((theirs) =>
    own.flatMap((ours) => {
      const sides = way === 'out' ? { dst: theirs, src: ours } : { dst: ours, src: theirs };
      return by === 'flower' ? [flower(flow, way, sides)] : u32(flow, way, sides);
    }),
  );
}

interface Sides {
  dst: Ports | undefined;
  src: Ports | undefined;
}

function flower({ family, address, protocol }: Flow, way: Way, { dst, src }: Sides): string {
  return [
    ...(protocol === undefined
      ? []
      : [`ip_proto ${protocol === 'icmp' && family === 'ip6' ? 'icmpv6' : protocol}`]),
    ...(address === undefined ? [] : [`${way === 'out' ? 'dst_ip' : 'src_ip'} ${address}`]),
    ...(dst === undefined ? [] : [`dst_port ${rangeText(dst)}`]),
    ...(src === undefined ? [] : [`src_port ${rangeText(src)}`]),
  ].join(' ');
}

const NUMBERS = { ip: { tcp: 6, udp: 17, icmp: 1 }, ip6: { tcp: 6, udp: 17, icmp: 58 } } as const;

/** u32 knows no ranges of ports, only masks; it reads ports behind a header without options. */
function u32({ family, address, protocol }: Flow, way: Way, { dst, src }: Sides): string[] {
  const base = [
    ...(protocol === undefined ? [] : [`match ${family} protocol ${NUMBERS[family][protocol]} 0xff`]),
    ...(address === undefined ? [] : [`match ${family} ${way === 'out' ? 'dst' : 'src'} ${address}`]),
  ];
  const side = (name: string, ports: Ports | undefined): string[][] =>
    ports === undefined
      ? [[]]
      : masksOf(ports).map(({ value, mask }) => [`match ${family} ${name} ${value} 0x${mask.toString(16)}`]);
  return side('dport', dst).flatMap((one) =>
    side('sport', src).map((other) => {
      const all = [...base, ...one, ...other];
      return all.length === 0 ? 'match u32 0 0' : all.join(' ');
    }),
  );
}

const ALL_BITS = 0xffff;

/** The fewest blocks of ports, each a value under a mask, that make up a range. */
export function masksOf({ from, to }: Ports): { value: number; mask: number }[] {
  const blocks: { value: number; mask: number }[] = [];
  for (let value = from; value <= to; ) {
    let size = 1;
    while (value % (size * 2) === 0 && value + size * 2 - 1 <= to) size *= 2;
    blocks.push({ value, mask: ALL_BITS - (size - 1) });
    value += size;
  }
  return blocks;
}
