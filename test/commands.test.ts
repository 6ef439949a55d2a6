import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faults } from '../src/faults/registry.ts';
import { injectionOf } from '../src/guard/fixtures/injection.ts';
import { appendStep, openInjections } from '../src/guard/journal.ts';
import { noteOpen } from '../src/guard/open-runs.ts';
import { signals } from '../src/signals/registry.ts';
import { root, run, start, temporary } from './support/cli.ts';
import { defaultSystem, eventually } from './support/lab.ts';
import { needs } from './support/needs.ts';
import { experiment } from './support/trial.ts';

test('the command line runs from any folder, through a link, on the pinned Node', () => {
  const folder = temporary();
  mkdirSync(join(folder, 'bin'));
  symlinkSync(join(root, 'bin/aftershock'), join(folder, 'bin/aftershock'));
  const version = execFileSync(join(folder, 'bin/aftershock'), ['--version'], {
    cwd: folder,
    encoding: 'utf8',
  });
  expect(version.trim()).toMatch(/^\d+\.\d+\.\d+$/);
});

test.each([
  '',
  'demo',
  'run',
  'plan',
  'stop',
  'heal',
  'judge',
  'report',
  'note',
  'faults',
  'signals',
  'lab',
  'learn',
])('%s --help shows an example and exits with 0', async (command) => {
  const args = command === '' ? ['--help'] : [command, '--help'];
  const { code, stdout } = await run(args, { home: temporary() });
  expect(code).toBe(0);
  if (command !== 'lab' && command !== 'learn') expect(stdout).toContain('Example:');
});

test.each([
  ['nonsense'],
  ['run'],
  ['run', 'a', 'b'],
  ['lab', 'up', 'nonsense'],
  ['faults', 'kubernetes.pod.delte'],
  ['stop'],
  ['judge', 'no-such-run'],
  ['report', 'no-such-run'],
  ['heal', '--forget', 'no-such-run'],
  ['heal', '--wait', 'long'],
])('wrong usage exits with 2 and says what to do: %s', async (...args) => {
  const { code, stdout, stderr } = await run(args, { home: temporary() });
  expect(code, stdout + stderr).toBe(2);
  expect(stderr.length).toBeGreaterThan(10);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test.each([
  ['faults', faults.map((fault) => fault.name)],
  ['signals', signals.map((signal) => signal.kind)],
])('%s lists all there are, and shows each with an example', async (command, names) => {
  const listed = await run([command], { home: temporary() });
  expect(listed.code).toBe(0);
  for (const name of names) {
    expect(listed.stdout).toContain(name);
    const { code, stdout } = await run([command, name], { home: temporary() });
    expect(code).toBe(0);
    expect(stdout).toContain('Example:\n');
    expect(stdout).not.toContain(String.fromCharCode(27));
  }
});

test('a bare run id is looked for under --runs', async () => {
  const home = temporary();
  const folder = join(home, 'kept', '2026-01-01T000000-some-run-1234');
  mkdirSync(folder, { recursive: true });
  const found = await run(['judge', 'some-run', '--runs', 'kept'], { home });
  expect([found.code, found.stderr]).toEqual([3, expect.stringContaining('has no recording.db')]);
  const wrong = await run(['judge', 'other-run', '--runs', 'kept'], { home });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('2026-01-01T000000-some-run-1234')]);
});

test('what a dead run left on a cluster that is gone: heal names the way out, and takes it', async () => {
  const home = temporary();
  const directory = join(home, 'runs', 'r');
  mkdirSync(directory, { recursive: true });
  appendStep(directory, 'run', { step: 'intent', injection: injectionOf(1) });
  const dead = { pid: 2 ** 30, startTime: '1' };
  const kubernetes = { kubeconfig: join(home, 'gone') };
  noteOpen(home, { run: 'r', directory, process: dead, title: 'r', kubernetes });
  const healed = await run(['heal'], { home });
  expect([healed.code, healed.stderr]).toEqual([5, expect.stringContaining('aftershock heal --forget r')]);
  const forgotten = await run(['heal', '--forget', 'r'], { home });
  expect(forgotten.code, forgotten.stderr).toBe(0);
  expect(forgotten.stdout).toContain(injectionOf(1).id);
  expect(openInjections(directory)).toEqual([]);
  expect((await run(['heal'], { home })).stdout).toBe('nothing was left behind\n');
});

test('a lab that is not up is said to be so, and taking it down is no error', async () => {
  const home = temporary();
  const status = await run(['lab', 'status', 'poll-app', '--port', '32199'], { home });
  expect([status.code, status.stdout]).toEqual([0, 'poll-app is not up on port 32199\n']);
  const down = await run(['lab', 'down', '--port', '32199'], { home });
  expect([down.code, down.stdout]).toEqual([0, 'no lab was up on port 32199\n']);
});

test('a lab that a run started for itself stays up when somebody has asked for it meanwhile', async () => {
  const home = temporary();
  const port = '32380';
  writeFileSync(join(home, 'system.yaml'), defaultSystem(Number(port)));
  writeFileSync(join(home, 'experiment.yaml'), experiment().replace('baseline: 1s', 'baseline: 60s'));
  const at = ['poll-app', '--port', port];
  const running = start(['run', 'experiment.yaml'], { home });
  try {
    await eventually('it watches', 60_000, () => running.output().includes('baseline') || undefined);
    expect((await run(['lab', 'up', ...at], { home })).code).toBe(0);
    process.kill(running.pid, 'SIGINT');
    expect([3, 4], running.output()).toContain((await running.finished).code);
    expect((await run(['lab', 'status', ...at], { home })).stdout).toContain('poll-app is up');
  } finally {
    await run(['lab', 'down', ...at], { home });
  }
});

test.skipIf(!needs('shellcheck'))('shell scripts are clean', () => {
  const { status, stdout } = spawnSync('shellcheck', ['bin/aftershock', '.ci/run'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status, stdout).toBe(0);
});
