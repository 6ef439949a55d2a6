// How long `aftershock --help` takes, against Node that does nothing; alternated, medians.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median, table } from './support/tools.ts';

const ROUNDS = 15;
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const commands = {
  'node -e 0': [path('../node_modules/.bin/node'), '-e', '0'],
  'aftershock --help': [path('../bin/aftershock'), '--help'],
};

function time([command = '', ...args]: readonly string[]): number {
  const since = performance.now();
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return performance.now() - since;
}

const times = Object.entries(commands).map(([name, command]) => ({ name, command, ms: [] as number[] }));
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { command, ms } of times) ms.push(time(command));
}
const [base] = times.map(({ ms }) => median(ms));
console.log(`Medians of ${ROUNDS} alternated runs.`);
table(
  ['command', 'ms', 'ratio'],
  times.map(({ name, ms }) => [name, median(ms).toFixed(0), (median(ms) / (base ?? 1)).toFixed(2)]),
);
