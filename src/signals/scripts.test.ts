import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../../test/support/needs.ts';
import { scriptFile, scriptOf } from '../reach/hosts/script.ts';
import { hostLookReader, hostScript } from './host/look.ts';

const here = import.meta.dirname;

/** Every script as it is run. A part that a script does not need counts as unused, which is as it should be. */
const scripts = readdirSync(here).flatMap((folder) => {
  const inside = join(here, folder, 'scripts');
  if (!existsSync(inside)) return [];
  return readdirSync(inside).map((name) => [
    `${folder}/${name}`,
    scriptOf(scriptFile(join(here, folder), name)),
  ]);
});
const UNUSED = 'SC2034,SC2317,SC2329';

describe.skipIf(!needs('shellcheck'))('scripts of signals are clean POSIX sh', () => {
  test.each(scripts)('%s', (_name, input) => {
    const checked = spawnSync('shellcheck', ['--shell=sh', `--exclude=${UNUSED}`, '-'], {
      input,
      encoding: 'utf8',
    });
    expect(checked.stdout + checked.stderr).toBe('');
  });
});

test.each(needs('busybox') ? [['sh'], ['busybox ash']] : [['sh']])('a look at this host by %s', (shell) => {
  const [program = '', ...first] = shell.split(' ');
  const ran = spawnSync(program, [...first, '-c', hostScript, 'sh', '0', '/'], { encoding: 'utf8' });
  const reader = hostLookReader();
  const looks = ran.stdout.split('\n').flatMap((line) => reader(line) ?? []);
  expect(ran.stderr).toBe('');
  expect(looks).toMatchObject([
    { boot: expect.stringMatching(/^[0-9a-f-]{36}$/), cpu: {}, memory: {}, space: {} },
  ]);
  expect(looks[0]?.interfaces.has('lo')).toBe(true);
});
