import { z } from 'zod';
import type { Host } from '../../model/contracts/world.ts';
import type { Json } from '../../model/json.ts';
import { fail, ok, type Result } from '../../model/result.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost, wholeHost } from '../hosts/fault.ts';
import type { Preflight } from '../hosts/preflight.ts';
import { planByNft, rulesFor } from './by-nft.ts';
import { controlOf } from './controller.ts';
import { type Flow, rangesOf } from './flow.ts';
import { allowed } from './local.ts';
import { lookAtWays, type Ways } from './look.ts';
import { addressList, direction, noPortsOfIcmp, traffic, wire } from './params.ts';
import { shownWays } from './shown.ts';
import { lookAtTable, noTable } from './table-look.ts';

const params = z
  .strictObject({
    from: z
      .union([z.tuple([z.literal('all')]), addressList])
      .describe(
        'Peers: IPv4, IPv6, blocks such as 10.0.0.0/8, names that the host resolves when the run is planned; or [all], which is everybody',
      ),
    ...traffic,
    ...wire,
    direction: direction
      .describe('`out` drops what the host sends, `in` what it gets; `both` unless told')
      .default('both'),
  })
  .refine(...noPortsOfIcmp);
type Params = z.infer<typeof params>;

const peersIn = ({ from }: Params): readonly string[] | undefined => (from[0] === 'all' ? undefined : from);

export const networkPartition = hostFault<Params & { [key: string]: Json }, WholeHost, Ways>({
  name: 'network.partition',
  summary: 'Cuts a host off from peers, both ways or one.',
  duration: 'held',
  undoKind: 'restores',
  params,
  target: wholeHost,
  example: [
    '- id: alone',
    '  fault: network.partition',
    '  target: { host: pg1 }',
    '  with: { from: [10.0.0.11, 10.0.0.12] }',
    '  for: 30s',
  ].join('\n'),
  page: {
    does: [
      'Makes a table `inet aftershock_…` of nftables with a chain before all others on what comes in and what goes out, as it is on the wire: also for what the host forwards, ',
      'and for connections that exist. IPv4, IPv6 and ICMP. Our own ssh connection is let through first, and `lo` is left alone.',
    ].join(''),
    proof:
      'The counters of its rules rise. Where no traffic comes by itself, the probe tries one ping or connection to a peer and looks at the counters again.',
    blade:
      '`blade create network drop --source-ip P` and `blade create network drop --destination-ip P`. ChaosBlade needs both for both ways, appends its rules (an earlier ACCEPT wins), and leaves IPv6 and ICMP alone.',
    notes: [
      'The host’s own programs that send get EPERM (“Operation not permitted”) for UDP and ICMP, where a cut wire would be silent; TCP just waits.',
      'Only the address from which this run comes, to the ssh port, is let through. With `from: [all]`, or a block that holds them, another machine cannot `heal --host` before the lease has run out; nor can the run end it sooner if its own address, as the host sees it, changes.',
      'Its table is tried on the kernel before anything is done (`nft -c`): the plan names what is missing there.',
      '`nft flush ruleset` by somebody else ends it early; its undo then has nothing left to do.',
    ],
  },
  kinds: ['ssh', 'local', 'netns'],
  root: true,
  tools: () => ['nft', 'ip'],
  look: lookForPartition,
  shown: { looked: shownWays('10.0.0.11', '10.0.0.12') },
  plan,
});

async function lookForPartition(
  host: Host,
  { params: given, host: flight }: { params: Params; host: Preflight },
  signal: AbortSignal,
): Promise<Result<Ways>> {
  const ways = await lookAtWays(host, peersIn(given), signal);
  if (!ways.ok) return ways;
  const refused = await lookAtTable(host, rulesFor(given, { host: flight, peers: ways.value.peers }), signal);
  if (!refused.ok) return refused;
  return refused.value === undefined ? ways : fail(noTable(host, 'network.partition', refused.value));
}

/** Where ssh is cut off from everybody else: whom that keeps from healing. */
function onlyFrom(given: Params, kept: Flow | undefined): string[] {
  const { ports, local_ports, protocol = 'tcp' } = given;
  const ssh = kept?.localPorts[0]?.from ?? 0;
  const own =
    local_ports === undefined || rangesOf(local_ports).some(({ from, to }) => from <= ssh && ssh <= to);
  if (kept === undefined || peersIn(given) !== undefined || ports !== undefined || protocol !== 'tcp' || !own)
    return [];
  return [
    `Only ${kept.address} reaches the host by ssh while this lasts: another machine cannot \`heal --host\` it before its lease has run out, and neither can we if our own address changes.`,
  ];
}

function plan({ params: given, host, looked }: Wanted<Params, Ways>): Result<HostPlan> {
  const everybody = peersIn(given) === undefined;
  const refused = allowed(given, { host, peers: looked.peers });
  if (!refused.ok) return refused;
  const control = controlOf(given, host);
  const planned = planByNft(
    rulesFor(given, { host, peers: looked.peers }),
    `dropped between the host and ${everybody ? 'everybody' : given.from.join(', ')}`,
  );
  return ok({
    ...planned,
    notes: [
      ...looked.names,
      ...(control.note === undefined ? [] : [control.note]),
      ...onlyFrom(given, control.kept),
    ],
    cutsControlPath: control.cuts,
  });
}
