import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../../../test/support/needs.ts';
import { scriptFile, scriptOf } from '../../reach/hosts/script.ts';
import { placedScript } from './place.ts';
import { completeText } from './text.ts';

const faults = join(import.meta.dirname, '..');
const reach = join(faults, '../reach/hosts');
const own = 'hosts';

const scriptsIn = (folder: string): string[] =>
  existsSync(join(folder, 'scripts'))
    ? readdirSync(join(folder, 'scripts')).filter((name) => name.endsWith('.sh'))
    : [];

const ofFaults = readdirSync(faults, { withFileTypes: true }).filter(
  (entry) => entry.isDirectory() && entry.name !== own,
);

/** Every script as it is run. A part that a script does not need counts as unused, which is as it should be. */
const scripts = [
  ...scriptsIn(reach).map((name) => [name, scriptOf(scriptFile(reach, name))] as const),
  ...scriptsIn(import.meta.dirname).map(
    (name) => [`${own}/${name}`, placedScript(scriptFile(import.meta.dirname, name))] as const,
  ),
  ...ofFaults.flatMap(({ name: group }) =>
    scriptsIn(join(faults, group)).map((name) => {
      const script = scriptFile(join(faults, group), name);
      return [`${group}/${name}`, completeText('run.f.0', { script, args: [] })] as const;
    }),
  ),
];
const UNUSED = 'SC2034,SC2317,SC2329';
/** What another part of the same script sets or is given: the record, the mode, numbers of exit codes. */
const ELSEWHERE = 'SC2154';

describe.skipIf(!needs('shellcheck'))('scripts for hosts are clean POSIX sh', () => {
  test.each(scripts)('%s', (_name, script) => {
    const checked = spawnSync('shellcheck', ['--shell=sh', `--exclude=${UNUSED},${ELSEWHERE}`, '-'], {
      input: script,
      encoding: 'utf8',
    });
    expect(checked.stdout + checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });
});
