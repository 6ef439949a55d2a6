import { z } from 'zod';
import { percentField } from '../../model/fields.ts';
import type { Json } from '../../model/json.ts';
import { ok, type Result } from '../../model/result.ts';
import { formatPercent } from '../../model/units.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost, wholeHost } from '../hosts/fault.ts';
import { planByNft } from './by-nft.ts';
import { type LookedByTc, lookForTc, planByTc, said } from './by-tc.ts';
import { controlOf } from './controller.ts';
import { EVERYBODY, flowsOf, waysOf } from './flow.ts';
import { byInterface, lacking } from './interfaces.ts';
import { allowed } from './local.ts';
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

export const networkLoss = hostFault<Params & { [key: string]: Json }, WholeHost, LookedByTc>({
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
    proof:
      'The counters of what is dropped rise. Where no traffic comes by itself, the probe sends ten pings.',
    blade:
      '`blade create network loss --interface eth0 --percent 30 --destination-ip 10.0.0.11 --remote-port 5432`. ChaosBlade loses only IPv4 that leaves, replaces whatever qdisc was there, and its undo takes it away for good.',
    notes: [
      'A packet here can be many on the wire: the kernel hands large parts of a TCP stream over as one, and it is lost as one.',
      'By nftables, the host’s own programs that send get EPERM for UDP and ICMP packets that are dropped on their way out.',
    ],
  },
  kinds: ['ssh', 'local', 'netns'],
  root: true,
  tools: () => [...netemTools, 'nft'],
  look: (host, { params: given }, signal) => lookForTc(host, given, signal),
  shown: { looked: shownByTc('10.0.0.11') },
  plan,
});

function plan(wanted: Wanted<Params, LookedByTc>): Result<HostPlan> {
  const { params: given, host, looked } = wanted;
  const may = allowed(given, { host, peers: looked.peers });
  if (!may.ok) return may;
  const why = withoutNetem(wanted);
  const loss = formatPercent(given.loss);
  if (why !== undefined) return byTable(wanted, why);
  return planByTc(wanted, {
    fault: 'network.loss',
    netem: `loss ${loss} limit 100000`,
    what: `${loss} lost`,
    pings: 10,
  });
}

/** Why nftables does it. */
function withoutNetem({ params: given, looked, host }: Wanted<Params, LookedByTc>): string | undefined {
  const ways = waysOf(given);
  const lacks = lacking(ways, looked);
  if (lacks.length > 0) return `the kernel (${looked.kernel}) has no ${lacks.join(', ')}`;
  const split = byInterface(looked.peers, { written: given.interface, host: host.name });
  const devices = split.ok ? [...split.value.keys()] : [];
  for (const device of devices) {
    const foreign = ways.includes('out') ? looked.foreign.get(device) : undefined;
    const ingress = ways.includes('in') ? looked.ingress.get(device) : undefined;
    const taken = foreign ?? ingress;
    if (taken !== undefined) return `${device} has somebody’s own qdisc (${taken})`;
  }
  return undefined;
}

const PER_PERCENT = 10_000;

function byTable({ params: given, host, looked }: Wanted<Params, LookedByTc>, why: string): Result<HostPlan> {
  const control = controlOf(given, host);
  const loss = formatPercent(given.loss);
  const planned = planByNft(
    {
      flows: flowsOf(given, given.to === undefined ? EVERYBODY : looked.peers),
      ways: waysOf(given),
      perMillion: Math.round(given.loss * PER_PERCENT),
      ...(control.kept === undefined ? {} : { kept: control.kept }),
      ...(given.interface === undefined ? {} : { interface: given.interface }),
    },
    `${loss} dropped`,
  );
  const { notes = [], ...rest } = said(control, looked);
  const instead = `By nftables instead of netem, because ${why}: the host’s own programs get EPERM for UDP and ICMP packets that are dropped on their way out.`;
  return ok({ ...planned, ...rest, notes: [...notes, instead] });
}
