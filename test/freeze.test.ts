import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { journalLines } from '../src/guard/journal.ts';
import type { Measured } from '../src/model/measure.ts';
import type { RunResult } from '../src/model/verdict.ts';
import { run, temporary } from './support/cli.ts';
import { eventually } from './support/lab.ts';

const PORT = 31_710;
const RATE = 200;

/**
 * A server that tells by its own clock how long it was frozen, by a beat of 5 ms, and how long it then took to answer
 * what had come in meanwhile: until it answers no more than twice what is asked.
 */
const SERVER = `
  let answered = 0;
  const answer = (_, response) => { answered += 1; response.end('ok'); };
  require('node:http').createServer(answer).listen(${PORT}, '127.0.0.1', () => console.log('listens'));
  let last = performance.now();
  let thawed;
  setInterval(() => {
    const now = performance.now();
    const passed = now - last;
    if (passed > 500) {
      console.log('frozen ' + passed);
      thawed = now;
    } else if (thawed !== undefined && answered <= Math.max(3, passed * ${(2 * RATE) / 1_000})) {
      console.log('drained ' + (now - thawed));
      thawed = undefined;
    }
    answered = 0;
    last = now;
  }, 5);
`;

interface Server {
  output(): string;
}

async function startServer(): Promise<Server> {
  const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  await eventually('the server listens', 10_000, () => output.includes('listens') || undefined);
  return { output: () => output };
}

const SYSTEM = `
name: server
hosts: { here: local }
signals:
  requests:
    http: { url: 'http://127.0.0.1:${PORT}/', connections: 1000 }
    rate: ${RATE}/s
    timeout: 5s
`;

const EXPERIMENT = `
title: A server frozen for 2 of 20 seconds
question: Is what users waited told as it was?
system: system.yaml
steady: [ requests.availability >= 0.99 ]
faults: [ { id: freeze, fault: process.pause, target: { host: here, port: ${PORT} }, for: 2s } ]
predict: [ { id: waited, expect: requests.run.p99_ms > 1000 } ]
timing: { baseline: 8s, watch: 10s }
`;

/**
 * A request that is due at any moment of the freeze waits for the rest of it, the others do not wait: of a run of
 * `run_ms`, a hundredth waits longer than the freeze without a hundredth of the run.
 */
const truth = (frozen_ms: number, run_ms: number): number => frozen_ms - 0.01 * run_ms;

test('the p99 of a server frozen for 2 of 20 s is within 5 % of the truth', async () => {
  const server = await startServer();
  const folder = temporary();
  writeFileSync(join(folder, 'system.yaml'), SYSTEM);
  writeFileSync(join(folder, 'experiment.yaml'), EXPERIMENT);
  const where = { home: folder, env: { AFTERSHOCK_RUN_DIR: join(folder, 'records') } };
  const ran = await run(['run', 'experiment.yaml', '--yes', '--json'], where);
  const told = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '') as {
    directory: string;
    result: RunResult;
  };
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  const { result, directory } = told;
  const [p99] = result.predictions[0]?.measures ?? [];
  const [low, high] = rangeOf(p99?.measured);
  const { run: window } = result.windows;
  const run_ms = (window.to - window.from) / 1e6;
  expect(run_ms).toBeGreaterThan(18_000);
  const frozen_ms = largest(server.output(), 'frozen');
  // A server that is short of CPU answers later than it could: the truth lies between.
  const least = truth(frozen_ms, run_ms);
  const most = truth(frozen_ms + largest(server.output(), 'drained'), run_ms);
  const text = `told ${low} to ${high} ms, true ${least} to ${most} ms`;
  expect(high, text).toBeGreaterThan(0.95 * least);
  expect(low, text).toBeLessThan(1.05 * most);
  expect(journalLines(directory).at(-1)).toMatchObject({ by: 'run', step: 'closed' });
  expect(readFileSync(join(directory, 'undo.jsonl'), 'utf8')).toContain('runs again, the same process');
});

/** Where our own load was late, latency is bounded. */
function rangeOf(measured: Measured | undefined): [number, number] {
  if (measured?.is === 'value') return [Number(measured.value), Number(measured.value)];
  if (measured?.is === 'bounded') return [measured.min, measured.max];
  throw new Error(`p99 is ${JSON.stringify(measured)}`);
}

const largest = (output: string, word: string): number =>
  Math.max(...[...output.matchAll(new RegExp(`${word} ([\\d.]+)`, 'g'))].map(([, ms]) => Number(ms)));
