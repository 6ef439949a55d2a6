import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { registries } from '../src/cli/registries.ts';
import { loadExperiment } from '../src/files/load.ts';
import { root, temporary } from './support/cli.ts';

test('the files of the README load as they stand there', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const blocks = [...readme.matchAll(/```yaml\n# (\S+)\n([\s\S]*?)```/g)];
  expect(blocks.map(([, name]) => name)).toEqual([
    'my.yaml',
    'my-system.yaml',
    'pg-hosts.yaml',
    'slow-wire.yaml',
  ]);
  const folder = temporary();
  for (const [, name = '', text = ''] of blocks) writeFileSync(join(folder, name), text);
  for (const name of ['my.yaml', 'slow-wire.yaml']) {
    const loaded = loadExperiment({ file: join(folder, name), registries, env: {} });
    expect(loaded.ok ? [] : loaded.problem).toEqual([]);
  }
});

test.each(['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/guarantee.md'])(
  '%s links to files that exist',
  (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)) {
      expect(() => readFileSync(join(root, page, '..', target.replace(/\/$/, '/.'))), target).not.toThrow(
        /ENOENT/,
      );
    }
  },
);
