import { z } from 'zod';
import { durationField } from '../../model/fields.ts';
import type { Json } from '../../model/json.ts';
import type { Result } from '../../model/result.ts';
import { formatDuration } from '../../model/units.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost } from '../hosts/fault.ts';
import { type LookedByTc, PING_BYTES, planByTc } from './by-tc.ts';
import { byNetem } from './netem.ts';
import { direction, noPortsOfIcmp, to, traffic, wire } from './params.ts';
import { onTheWire } from './words.ts';

const MOST_S = 60;

const params = z
  .strictObject({
    delay: durationField({ min: 0.000_01, max: MOST_S }).describe('How much later each packet is, one way'),
    jitter: durationField({ max: MOST_S })
      .describe('How much the delay varies to both sides, evenly; packets may then overtake each other')
      .exactOptional(),
    to: to.exactOptional(),
    ...traffic,
    ...wire,
    direction: direction
      .describe(
        'Of what the host sends (`out`), gets (`in`), or `both`, which is twice the delay to and fro; out unless told',
      )
      .default('out'),
  })
  .refine(...noPortsOfIcmp)
  .refine(({ delay, jitter = 0 }) => jitter <= delay, { message: 'jitter must not be more than delay' });
type Params = z.infer<typeof params>;

export const networkDelay = hostFault<Params & { [key: string]: Json }, WholeHost, LookedByTc>({
  name: 'network.delay',
  summary: 'Delays the packets between a host and its peers.',
  params,
  example: [
    '- id: slow',
    '  fault: network.delay',
    '  target: { host: pg1 }',
    '  with: { delay: 500ms, jitter: 20ms, to: [10.0.0.11] }',
    '  for: 30s',
  ].join('\n'),
  page: {
    does: onTheWire('delays'),
    proof: [
      'The counters of its netem qdisc rise: packets went through it. Where the parameters leave ICMP in, the probe pings a peer by the same interface: where it answers, the time to and fro must be',
      'at least the delay (twice with `both`), less the jitter and 5 %. A peer that is as slow anyway is not told apart.',
      'Where nothing answers, ICMP is not meant, or the answer would take more than 7 s, the counters alone prove it, and the evidence says that the time was not measured.',
    ].join(' '),
    blade:
      '`blade create network delay --interface eth0 --time 500 --offset 20 --destination-ip 10.0.0.11`. ChaosBlade delays only IPv4 that leaves, replaces whatever qdisc was there, and its undo takes it away for good.',
    notes: [
      'Jitter reorders packets, which TCP can take for loss.',
      'A burst of more than 100000 packets in flight is cut short by the queue.',
    ],
  },
  ...byNetem,
  plan,
});

/** netem keeps what it delays in a queue, by default of 1000 packets: too short for a fast line. */
const QUEUE = 100_000;
const MICROS = 1e6;

const micros = (seconds: number): string => `${Math.round(seconds * MICROS)}us`;

function plan(wanted: Wanted<Params, LookedByTc>): Result<HostPlan> {
  const { delay, jitter = 0 } = wanted.params;
  const varies = jitter === 0 ? '' : ` ${micros(jitter)}`;
  return planByTc(wanted, {
    fault: 'network.delay',
    netem: `delay ${micros(delay)}${varies} limit ${QUEUE}`,
    what: `delayed by ${formatDuration(delay)}${jitter === 0 ? '' : ` ± ${formatDuration(jitter)}`}`,
    seen: { by: 'time', least_s: delay - jitter, most_s: delay + jitter, bytes: PING_BYTES },
  });
}
