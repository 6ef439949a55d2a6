// CPU per request at a fixed rate, whole process, after a second of warm-up; alternated, medians.
import type { Tool } from './support/generator.ts';
import { median, startGenerator, startServer, table } from './support/tools.ts';

const RATES = [2_000, 5_000];
const ROUNDS = 4;
const WARM_S = 1;
const SECONDS = 4;

async function run(tool: Tool, url: string, rate: number): Promise<{ us: number; rate: number }> {
  const generator = await startGenerator(tool, url, { rate, warm_s: WARM_S, seconds: SECONDS });
  const told = await generator.told;
  return { us: told.cpu_us / told.counted, rate: told.counted / (SECONDS - WARM_S) };
}

const server = await startServer();
const rows: string[][] = [];
for (const rate of RATES) {
  const ours: number[] = [];
  const theirs: number[] = [];
  const reached: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const one = await run('ours', server.url, rate);
    const other = await run('autocannon', server.url, rate);
    ours.push(one.us);
    theirs.push(other.us);
    reached.push(one.rate, other.rate);
  }
  const [a, b] = [median(ours), median(theirs)];
  rows.push([`${rate}`, a.toFixed(1), b.toFixed(1), (a / b).toFixed(2), Math.min(...reached).toFixed(0)]);
}
server.end();
console.log(
  `CPU microseconds per request, medians of ${ROUNDS} alternated runs of ${SECONDS - WARM_S} s, 64 connections.`,
);
table(['requests/s', 'aftershock', 'autocannon -R', 'ratio', 'lowest rate reached'], rows);
