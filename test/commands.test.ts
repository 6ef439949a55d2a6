import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { faults } from '../src/faults/registry.ts';
import { signals } from '../src/signals/registry.ts';
import { root, run, temporary } from './support/cli.ts';
import { needs } from './support/needs.ts';

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

test.each(['', 'demo', 'run', 'plan', 'stop', 'heal', 'judge', 'report', 'faults', 'signals', 'lab'])(
  '%s --help shows an example and exits with 0',
  async (command) => {
    const args = command === '' ? ['--help'] : [command, '--help'];
    const { code, stdout } = await run(args, { home: temporary() });
    expect(code).toBe(0);
    if (command !== 'lab') expect(stdout).toContain('Example:');
  },
);

test.each([
  ['nonsense'],
  ['run'],
  ['run', 'a', 'b'],
  ['lab', 'up', 'nonsense'],
  ['faults', 'kubernetes.pod.delte'],
  ['stop'],
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

test('a lab that is not up is said to be so, and taking it down is no error', async () => {
  const home = temporary();
  const status = await run(['lab', 'status', 'poll-app', '--port', '32199'], { home });
  expect([status.code, status.stdout]).toEqual([0, 'poll-app is not up on port 32199\n']);
  const down = await run(['lab', 'down', '--port', '32199'], { home });
  expect([down.code, down.stdout]).toEqual([0, 'poll-app was not up on port 32199\n']);
});

test.skipIf(!needs('shellcheck'))('shell scripts are clean', () => {
  const { status, stdout } = spawnSync('shellcheck', ['bin/aftershock', '.ci/run'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status, stdout).toBe(0);
});
