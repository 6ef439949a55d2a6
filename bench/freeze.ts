// A server frozen for 2 of 20 s under 2,000 requests a second: does the generator tell how long users would have waited?
import type { Told, Tool } from './support/generator.ts';
import { percentile, sleep, startGenerator, startServer, table } from './support/tools.ts';

const RATE = 2_000;
const SECONDS = 20;
const FREEZE_AT_S = 8;
const FREEZE_S = 2;

interface Outcome {
  told: Told;
  frozen_ms: number;
}

async function run(tool: Tool): Promise<Outcome> {
  const server = await startServer();
  const generator = await startGenerator(tool, server.url, { rate: RATE, warm_s: 0, seconds: SECONDS });
  await sleep(FREEZE_AT_S * 1_000);
  const since = performance.now();
  server.freeze(true);
  await sleep(FREEZE_S * 1_000);
  server.freeze(false);
  const frozen_ms = performance.now() - since;
  const told = await generator.told;
  server.end();
  return { told, frozen_ms };
}

/** Latency at a share: a request due at any moment of the freeze waits for the rest of it; the others do not wait. */
const truth = (frozen_ms: number, share: number): number =>
  Math.max(0, frozen_ms - (1 - share) * SECONDS * 1_000);

function row(name: string, { told, frozen_ms }: Outcome): string[] {
  const all = told.latencies;
  const [p50, p99, max] = all
    ? [percentile(all, 0.5), percentile(all, 0.99), percentile(all, 1)]
    : [told.p50, told.p99, told.max];
  const expected = truth(frozen_ms, 0.99);
  const error = `${(((p99 - expected) / expected) * 100).toFixed(1)} %`;
  return [
    name,
    ...[p50, p99, max, expected].map((ms) => ms.toFixed(1)),
    error,
    `${told.requests}`,
    `${told.samples}`,
  ];
}

const own = await run('ours');
const rows = [
  row('aftershock', own),
  row('autocannon -R (corrects)', await run('autocannon')),
  row('autocannon -R -C (as measured)', await run('autocannon-C')),
];
const service = percentile(own.told.services ?? [], 0.5).toFixed(1);
console.log(`${RATE} requests/s for ${SECONDS} s, server frozen for ${FREEZE_S} s; ms.`);
table(['generator', 'p50', 'p99', 'max', 'true p99', 'p99 error', 'requests', 'samples'], rows);
console.log(`The p50 of a request from its actual send, by aftershock: ${service}.`);
