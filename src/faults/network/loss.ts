import { z } from 'zod';
import { percentField } from '../../model/fields.ts';
import type { Json } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';
import { formatPercent } from '../../model/units.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost, wholeHost } from '../hosts/fault.ts';
import { planByNft, rulesFor } from './by-nft.ts';
import { planByTc, said } from './by-tc.ts';
import { controlOf } from './controller.ts';
import { allowed } from './local.ts';
import { type LookedForLoss, lookForLoss } from './loss-ways.ts';
import { direction, noPortsOfIcmp, to, traffic, wire } from './params.ts';
import { shownByTc } from './shown.ts';
import { netemTools, onTheWire } from './words.ts';

const params = z
  .strictObject({
    loss: percentField({ min: 0.01 }).describe('How many of the packets are lost, each by chance'),
    to: to.exactOptional(),
    ...traffic,
    ...wire,
    direction: direction
      .describe(
        'Of what the host sends (`out`), gets (`in`), or `both`, each by its own chance; out unless told',
      )
      .default('out'),
  })
  .refine(...noPortsOfIcmp);
type Params = z.infer<typeof params>;

export const networkLoss = hostFault<Params & { [key: string]: Json }, WholeHost, LookedForLoss>({
  name: 'network.loss',
  summary: 'Loses a share of the packets between a host and its peers.',
  duration: 'held',
  undoKind: 'restores',
  params,
  target: wholeHost,
  example: [
    '- id: lossy',
    '  fault: network.loss',
    '  target: { host: pg1 }',
    '  with: { loss: 30%, to: [10.0.0.11], ports: [5432] }',
    '  for: 30s',
  ].join('\n'),
  page: {
    does: `${onTheWire('loses a share of')} Where the kernel has no netem, or somebody’s own qdisc is in the way, a table of nftables drops them instead, and the plan says so.`,
    proof: [
      'The counter of what was dropped has risen. Packets that went through while none was dropped prove nothing: it is looked at again, for 60 s at most, and the evidence says how many they were.',
      'As long as none is dropped, each look sends traffic of its own to peers that are meant: so many pings that one is lost with 99.9 % (20 at 30 %),',
      'at most 500, in about 6 s. So 1 % is seen in one or two looks; below some 0.1 % it takes traffic of the system’s own, or the entry can end as *no effect was seen*. Where ports or a protocol leave ICMP out,',
      'a look makes but one connection over TCP to each of three peers at most, and small losses take traffic of the system’s own. With UDP alone, `local_ports`, or only blocks of addresses the probe has nothing to send.',
    ].join(' '),
    blade:
      '`blade create network loss --interface eth0 --percent 30 --destination-ip 10.0.0.11 --remote-port 5432`. ChaosBlade loses only IPv4 that leaves, replaces whatever qdisc was there, and its undo takes it away for good.',
    notes: [
      `One of its two ways is enough: for netem the host needs the programs ${netemTools.map((tool) => `\`${tool}\``).join(', ')} and the kernel’s sch_netem; for nftables \`nft\` (nftables), nf_tables and nft_numgen.`,
      'A packet here can be many on the wire: the kernel hands large parts of a TCP stream over as one, and it is lost as one.',
      'By nftables, the host’s own programs that send get EPERM for UDP and ICMP packets that are dropped on their way out.',
    ],
  },
  kinds: ['ssh', 'local', 'netns'],
  root: true,
  // What else it takes is one of two ways: `look` asks for that.
  tools: () => ['ip'],
  look: lookForLoss,
  shown: { looked: shownByTc('10.0.0.11') },
  plan,
});

function plan(wanted: Wanted<Params, LookedForLoss>): Result<HostPlan> {
  const { params: given, host, looked } = wanted;
  const may = allowed(given, { host, peers: looked.peers });
  if (!may.ok) return may;
  if (looked.instead !== undefined) return ok(byTable(wanted, looked.instead));
  const loss = formatPercent(given.loss);
  return planByTc(wanted, {
    fault: 'network.loss',
    netem: `loss ${loss} limit 100000`,
    what: `${loss} lost`,
    seen: { by: 'drops', loss: given.loss },
  });
}

function byTable({ params: given, host, looked }: Wanted<Params, LookedForLoss>, why: string): HostPlan {
  const rules = rulesFor(given, { host, peers: looked.peers, loss: given.loss });
  const { notes = [], ...rest } = said(controlOf(given, host), looked);
  const instead = `By nftables instead of netem, because ${why}: the host’s own programs get EPERM for UDP and ICMP packets that are dropped on their way out.`;
  return {
    ...planByNft(rules, `${formatPercent(given.loss)} dropped`),
    ...rest,
    notes: [...notes, instead],
  };
}
