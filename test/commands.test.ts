import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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

test.skipIf(!needs('shellcheck'))('shell scripts are clean', () => {
  const { status, stdout } = spawnSync('shellcheck', ['bin/aftershock', '.ci/run'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(status, stdout).toBe(0);
});
