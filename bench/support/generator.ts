import autocannon from 'autocannon';
import { startLoad } from '../../src/load/load.ts';

export type Tool = 'ours' | 'autocannon' | 'autocannon-C';

/** What one generator tells of one run; latencies in ms. `cpu_us` and `counted` leave out the warm-up. */
export interface Told {
  latencies?: number[];
  /** From the actual send to the answer. */
  services?: number[];
  p50: number;
  p99: number;
  max: number;
  requests: number;
  samples: number;
  cpu_us: number;
  counted: number;
}

// A run of one load generator in a process of its own: generator.ts TOOL URL RATE WARM_S SECONDS
const [tool = '', url = '', rate = '', warm = '', seconds = ''] = process.argv.slice(2);
const given = { url, rate: Number(rate), warm_s: Number(warm), seconds: Number(seconds) };
const CONNECTIONS = 64;

/** CPU and requests between the end of the warm-up and `end`. */
function meter(requests: () => number): () => { cpu_us: number; counted: number } {
  let cpu = process.cpuUsage();
  let before = 0;
  setTimeout(() => {
    cpu = process.cpuUsage();
    before = requests();
  }, given.warm_s * 1_000);
  return () => {
    const used = process.cpuUsage(cpu);
    return { cpu_us: used.user + used.system, counted: requests() - before };
  };
}

async function ours(): Promise<Told> {
  const latencies: number[] = [];
  const services: number[] = [];
  let requests = 0;
  const load = await startLoad(
    {
      url,
      method: 'GET',
      headers: [],
      expected: [[200, 299]],
      rate_per_s: given.rate,
      timeout_ms: 10_000,
      connections: CONNECTIONS,
      seed: 'bench',
      clockStart: process.hrtime.bigint(),
    },
    {
      operations: (rows) => {
        requests += rows.length;
        for (const { done, sent, intended } of rows) {
          latencies.push(((done ?? Number.NaN) - intended) / 1e6);
          services.push(((done ?? Number.NaN) - (sent ?? Number.NaN)) / 1e6);
        }
      },
      health: () => undefined,
      died: (why) => console.error(why),
    },
    new AbortController().signal,
  );
  if (!load.ok) throw new Error(load.problem.cause);
  process.send?.('started');
  const measured = meter(() => requests);
  await new Promise((resolve) => setTimeout(resolve, given.seconds * 1_000));
  const cost = measured();
  await load.value.stop();
  return { latencies, services, p50: 0, p99: 0, max: 0, requests, samples: requests, ...cost };
}

async function peer(ignoreCoordinatedOmission: boolean): Promise<Told> {
  let requests = 0;
  const done = Promise.withResolvers<autocannon.Result>();
  const options = {
    url,
    connections: CONNECTIONS,
    overallRate: given.rate,
    duration: given.seconds,
    ignoreCoordinatedOmission,
  };
  const running = autocannon(options, (error: Error | null, result) => {
    if (error === null) done.resolve(result);
    else done.reject(error);
  });
  running.on('response', () => {
    requests += 1;
  });
  process.send?.('started');
  const measured = meter(() => requests);
  const { latency } = await done.promise;
  const { p50, p99, max } = latency;
  const samples = (latency as { totalCount?: number }).totalCount ?? Number.NaN;
  return { p50, p99, max, requests, samples, ...measured() };
}

const told = tool === 'ours' ? await ours() : await peer(tool === 'autocannon-C');
process.send?.(told, () => process.disconnect());
