import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../cluster/test-support.ts';
import { type Contained, runContained } from './contained.ts';
import { identify, isAlive, killGroup } from './identity.ts';
import { type Reaper, startReaper } from './reaper.ts';

let directory: string;
let reaper: Reaper;
let running: Contained[];

beforeEach(() => {
  directory = mkdtempSync(`${tmpdir()}/aftershock-reaper-`);
  running = [];
  reaper = startReaper(() => running.map((one) => one.identity.pid));
});
afterEach(async () => {
  await reaper.stop();
  for (const one of running) one.kill();
  rmSync(directory, { recursive: true });
});

function run(script: string): Contained {
  const env = { PATH: '/usr/bin:/bin' };
  const contained = runContained(reaper, { command: ['sh', '-c', script], env, directory, output: 'pipe' });
  running.push(contained);
  return contained;
}

const children = async (of: Contained): Promise<number> =>
  until('its child', () => Number(of.output().trim()) || undefined);

test('ends every program with its children when nobody holds it any more', async () => {
  const programs = [run('sleep 600 & echo $!; wait'), run("trap '' TERM; sleep 600 & echo $!; wait")];
  const pids = await Promise.all(programs.map(children));
  await reaper.stop();
  await until(
    'all gone',
    () => programs.every((one) => !isAlive(one.identity)) && !pids.some((pid) => identify(pid)),
  );
});

test('is replaced when somebody kills it, and then knows the programs that run', async () => {
  const { pid = 0 } = reaper;
  const program = run('sleep 600 & echo $!; wait');
  await children(program);
  process.kill(pid, 'SIGKILL');
  await until('another one', () => reaper.pid !== undefined && reaper.pid !== pid);
  await reaper.stop();
  await until('gone', () => !isAlive(program.identity));
});

test('what a program leaves behind in its group ends with it', async () => {
  const program = run('sleep 600 & echo $!');
  const child = await children(program);
  expect(await program.exited).toEqual({ exitCode: 0 });
  await until('gone', () => identify(child) === undefined);
});

test('tells how a program ended', async () => {
  expect(await run('exit 7').exited).toEqual({ exitCode: 7 });
  const killed = run('sleep 600');
  killed.kill();
  expect(await killed.exited).toEqual({ exitCode: 137, signal: 'SIGKILL' });
  const env = { PATH: '/usr/bin:/bin' };
  const missing = runContained(reaper, { command: ['/no/such/program'], env, directory, output: 'ignore' });
  expect(await missing.exited).toEqual({ exitCode: 127 });
});

test('a number that belongs to a later process is left alone', async () => {
  const program = run('sleep 600');
  killGroup({ pid: program.identity.pid, startTime: '1' });
  expect(isAlive({ ...program.identity, startTime: '1' })).toBe(false);
  expect(isAlive(program.identity)).toBe(true);
});
