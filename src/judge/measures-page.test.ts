import { expect, test } from 'vitest';
import { familyMeasures, runMeasures } from '../model/families.ts';
import { measuresPage } from './measures-page.ts';

test('the page names every measure, with a formula', () => {
  const page = measuresPage();
  const names = [
    ...Object.values(familyMeasures).flatMap((family) => Object.keys(family)),
    ...Object.keys(runMeasures),
  ];
  for (const name of names)
    expect(page).toMatch(
      new RegExp(`\\| \`${name.replace('.', '\\.')}(\\W[^|]*)?\` \\| [^|]+ \\| [^|]{10,} \\|`),
    );
});

test('every row of a table has as many cells as its head', () => {
  for (const table of measuresPage()
    .split('\n\n')
    .filter((part) => part.startsWith('|'))) {
    const widths = table.split('\n').map((line) => line.replaceAll('\\|', '').split('|').length);
    expect(new Set(widths).size).toBe(1);
  }
});

test('every measure says what it is in PromQL, or why there is nothing like it', () => {
  const rows = measuresPage()
    .split('\n\n')
    .filter((part) => part.includes('| in PromQL |'))
    .flatMap((part) => part.split('\n').slice(2));
  expect(rows.length).toBeGreaterThan(30);
  for (const row of rows) {
    const cell = row.replaceAll('\\|', '').split('|').at(-2)?.trim() ?? '';
    expect(cell).toMatch(/^(`[^`]+`|none: .{15,})$/);
  }
});
