import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { needs } from '../../../test/support/needs.ts';
import { scriptFile, scriptOf } from '../../reach/hosts/script.ts';
import { placedScript } from '../hosts/place.ts';
import { processScript } from './target.ts';

const here = import.meta.dirname;
const folders = {
  process: here,
  hosts: join(here, '../hosts'),
  reach: join(here, '../../reach/hosts'),
};
const namesIn = (folder: string): string[] => readdirSync(join(folder, 'scripts'));

/** Every script as it is run. A part that a script does not need counts as unused, which is as it should be. */
const scripts = [
  ...namesIn(folders.process).map((name) => [name, processScript(name)] as const),
  ...namesIn(folders.hosts).map((name) => [name, placedScript(scriptFile(folders.hosts, name))] as const),
  ...namesIn(folders.reach).map((name) => [name, scriptOf(scriptFile(folders.reach, name))] as const),
];
const UNUSED = 'SC2034,SC2317';

describe.skipIf(!needs('shellcheck'))('scripts for hosts are clean POSIX sh', () => {
  test.each(scripts)('%s', (_name, script) => {
    const checked = spawnSync('shellcheck', ['--shell=sh', `--exclude=${UNUSED}`, '-'], {
      input: script,
      encoding: 'utf8',
    });
    expect(checked.stdout + checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });
});
