import { type Flow, rangeText, type Way } from './flow.ts';
import type { Ports } from './params.ts';

/** What is done to some traffic by a table of ours. */
export interface Rules {
  flows: readonly Flow[];
  ways: readonly Way[];
  /** Let through first, both ways. */
  kept?: Flow;
  interface?: string;
  /** Of a million packets, at random; all of them unless told. */
  perMillion?: number;
}

/** How both hooks are called: they see each packet once, as it is on the wire, also those that the host forwards. */
const hooks = { in: 'prerouting', out: 'postrouting' } as const;
/** Before conntrack (-400 is its defragmentation) and everybody else's rules. */
const PRIORITY = -450;

/** The chains of our table, one line each; every line of its input is checked before: `flow.ts`, `params.ts`. */
export function chainsOf(rules: Rules): string[] {
  return rules.ways.flatMap((way) => [
    `chain ${way} {`,
    `  type filter hook ${hooks[way]} priority ${PRIORITY}; policy accept;`,
    ...rulesOf(rules, way).map((rule) => `  ${rule}`),
    '}',
  ]);
}

const MILLION = 1_000_000;

function rulesOf({ flows, kept, interface: device, perMillion }: Rules, way: Way): string[] {
  const link = way === 'out' ? 'oifname' : 'iifname';
  // nft refuses a bound that every number is below.
  const all = perMillion === undefined || perMillion >= MILLION;
  // Counted before and behind the chance: what came by, and what of it is dropped.
  const chance = all ? '' : `counter numgen random mod 1000000 < ${perMillion} `;
  const here = device === undefined ? '' : `${link} "${device}" `;
  return [
    ...(device === 'lo' ? [] : [`${link} "lo" accept`]),
    ...(kept === undefined ? [] : keptRules(kept, way)),
    ...flows.map((flow) => `${here}${matchOf(flow, way)} ${chance}counter drop`),
  ];
}

/** Over IPv6 a connection lives only as long as its neighbours find each other. */
function keptRules(kept: Flow, way: Way): string[] {
  const neighbours =
    'icmpv6 type { nd-router-solicit, nd-router-advert, nd-neighbor-solicit, nd-neighbor-advert } accept';
  return [`${matchOf(kept, way)} accept`, ...(kept.family === 'ip6' ? [neighbours] : [])];
}

function matchOf({ family, address, protocol, ports, localPorts }: Flow, way: Way): string {
  const [peer, own] = way === 'out' ? (['d', 's'] as const) : (['s', 'd'] as const);
  return [
    address === undefined
      ? `meta nfproto ${family === 'ip' ? 'ipv4' : 'ipv6'}`
      : `${family} ${peer}addr ${address}`,
    ...(protocol === undefined
      ? []
      : [`meta l4proto ${protocol === 'icmp' && family === 'ip6' ? 'ipv6-icmp' : protocol}`]),
    ...portMatch(`${protocol} ${peer}port`, ports),
    ...portMatch(`${protocol} ${own}port`, localPorts),
  ].join(' ');
}

const portMatch = (what: string, ports: readonly Ports[]): string[] =>
  ports.length === 0 ? [] : [`${what} { ${ports.map(rangeText).join(', ')} }`];
