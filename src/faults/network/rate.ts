import { z } from 'zod';
import { bitrateField } from '../../model/fields.ts';
import type { Json } from '../../model/json.ts';
import type { Result } from '../../model/result.ts';
import { formatBitrate } from '../../model/units.ts';
import { type HostPlan, hostFault, type Wanted, type WholeHost } from '../hosts/fault.ts';
import { type LookedByTc, PING_BYTES, planByTc } from './by-tc.ts';
import { byNetem } from './netem.ts';
import { direction, noPortsOfIcmp, to, traffic, wire } from './params.ts';
import { onTheWire } from './words.ts';

const LEAST_BITS = 1_000;
const MOST_BITS = 1e11;

const params = z
  .strictObject({
    rate: bitrateField({ min: LEAST_BITS, max: MOST_BITS }).describe(
      'How much goes through in a second, all of the traffic that is meant together: 1Mbit, 500kbit',
    ),
    to: to.exactOptional(),
    ...traffic,
    ...wire,
    direction: direction
      .describe('Of what the host sends (`out`), gets (`in`), or `both`, each for itself; out unless told')
      .default('out'),
  })
  .refine(...noPortsOfIcmp);
type Params = z.infer<typeof params>;

export const networkRate = hostFault<Params & { [key: string]: Json }, WholeHost, LookedByTc>({
  name: 'network.rate',
  summary: 'Makes the line between a host and its peers thin.',
  params,
  example: [
    '- id: thin',
    '  fault: network.rate',
    '  target: { host: pg1 }',
    '  with: { rate: 1Mbit, to: [10.0.0.11], ports: [5432] }',
    '  for: 30s',
  ].join('\n'),
  page: {
    does: `${onTheWire('sends on')} At most at that rate; about half a second of packets waits, the rest is dropped, as a full line does.`,
    proof: [
      'The counters of its netem qdisc rise: packets went through it. Where the parameters leave ICMP in, the probe pings a peer by the same interface, with 1200 bytes (fewer below 20kbit):',
      'where it answers, the time to and fro must be at least what these bytes take at that rate, less 5 % (1Mbit: 9 ms). That is no measurement of the rate: a peer that is as slow anyway is not told apart, and above',
      'some 10Mbit every peer is. Where nothing answers, or ICMP is not meant, the counters alone prove it, and the evidence says that the time was not measured.',
    ].join(' '),
    blade:
      'ChaosBlade has none. By hand: `tc qdisc add dev eth0 root tbf rate 1mbit burst 32kbit latency 400ms`.',
    notes: ['On several interfaces each has the rate for itself.'],
  },
  ...byNetem,
  plan,
});

/** A packet as large as most links take, in bits. */
const PACKET_BITS = 12_000;
const QUEUE_S = 0.5;
const BITS = 8;
/** Of IPv4 and ICMP. */
const HEADERS = 28;
/** Of our ping: in one packet on every link, and in half a second where the rate lets it. */
const PING = { least: PING_BYTES, most: 1_200, within_s: 0.5 };
const QUEUE = { least: 20, most: 100_000 };

function plan(wanted: Wanted<Params, LookedByTc>): Result<HostPlan> {
  const { rate } = wanted.params;
  const wait = Math.round((rate * QUEUE_S) / PACKET_BITS);
  const bytes = Math.min(
    PING.most,
    Math.max(PING.least, Math.round((rate * PING.within_s) / BITS) - HEADERS),
  );
  const least_s = ((bytes + HEADERS) * BITS) / rate;
  const limit = Math.min(QUEUE.most, Math.max(QUEUE.least, wait));
  return planByTc(wanted, {
    fault: 'network.rate',
    netem: `rate ${Math.round(rate)}bit limit ${limit}`,
    what: `a line of ${formatBitrate(rate)} a second`,
    seen: { by: 'time', least_s, most_s: 2 * least_s + QUEUE_S, bytes },
  });
}
