import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generated } from './generated.ts';

test.each(Object.entries(generated()))('%s is what the code says (else: npm run generate)', (path, text) => {
  expect(readFileSync(join(import.meta.dirname, '..', path), 'utf8')).toBe(text);
});

test('docs/faults/ has a page for each fault and no other', () => {
  const there = readdirSync(join(import.meta.dirname, '../docs/faults'));
  const expected = Object.keys(generated()).filter((path) => path.startsWith('docs/faults/'));
  expect(there.map((name) => `docs/faults/${name}`).toSorted()).toEqual(expected.toSorted());
});

test('the page of each fault on hosts shows the commands of its example', () => {
  const pages = Object.entries(generated()).filter(
    ([path, text]) => path.startsWith('docs/faults/') && text.includes('## What it does on the host'),
  );
  expect(pages.length).toBeGreaterThan(0);
  const silent = pages.filter(
    ([, text]) => !/(?:command by command|its scripts are below\)):\n\n```(?:sh|text)\n\S/.test(text),
  );
  expect(silent.map(([path]) => path)).toEqual([]);
});
