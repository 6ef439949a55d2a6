import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { journalLines } from '../src/guard/journal.ts';
import type { RunResult } from '../src/model/verdict.ts';
import { run, temporary } from './support/cli.ts';
import { eventually } from './support/lab.ts';

const PORT = 31_710;
const RATE = 200;

/** A server that tells by its own clock how long it was frozen: a beat of 5 ms, and each stretch without one. */
const SERVER = `
  require('node:http').createServer((_, answer) => answer.end('ok')).listen(${PORT}, '127.0.0.1', () => console.log('listens'));
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (now - last > 500) console.log('frozen ' + (now - last));
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
  const measured = p99?.measured;
  if (measured?.is !== 'value' && measured?.is !== 'bounded') throw new Error(`p99 is ${measured?.is}`);
  // Where our own load was late, latency is bounded; its upper end is the time since a request was due.
  const reported = Number(measured.is === 'value' ? measured.value : measured.max);
  const frozen = Math.max(...[...server.output().matchAll(/frozen ([\d.]+)/g)].map(([, ms]) => Number(ms)));
  const { run: window } = result.windows;
  const run_ms = (window.to - window.from) / 1e6;
  const expected = truth(frozen, run_ms);
  expect(run_ms).toBeGreaterThan(18_000);
  expect(Math.abs(reported - expected) / expected, `${reported} ms told, ${expected} ms true`).toBeLessThan(
    0.05,
  );
  expect(journalLines(directory).at(-1)).toMatchObject({ by: 'run', step: 'closed' });
  expect(readFileSync(join(directory, 'undo.jsonl'), 'utf8')).toContain('runs again, the same process');
});
