import { expect, test } from 'vitest';
import { textTable } from './table.ts';

const columns = [{ title: 'id' }, { title: 'title', least: 8 }, { title: 'n', align: 'right' as const }];

test('columns are in line, the last without blanks behind it', () => {
  expect(
    textTable({
      columns,
      rows: [
        ['a', 'Kill one', '1'],
        ['bbb', 'Kill', '12'],
      ],
    }),
  ).toBe(['id   title      n', 'a    Kill one   1', 'bbb  Kill      12'].join('\n'));
});

test('only columns that may give way do, and no more than they may', () => {
  const rows = [['a', 'Kill one backend pod', '1']];
  const lengths = (width: number) =>
    textTable({ columns, rows }, { width })
      .split('\n')
      .map((line) => line.length);
  expect(Math.max(...lengths(18))).toBe(18);
  expect(Math.max(...lengths(5))).toBe(2 + 2 + 8 + 2 + 1);
  expect(Math.max(...lengths(200))).toBe(2 + 2 + 20 + 2 + 1);
});

test('colours take no columns, and text from outside cannot move the cursor', () => {
  const colour = (text: string) => `<${text}>`;
  const table = textTable(
    { columns: [{ title: 'a' }, { title: 'b' }], rows: [[{ text: 'x\u001b[2J\ny', look: 'bad' }, 'z']] },
    { colour },
  );
  expect(table).toContain('<x␛[2J y>  z');
});
