import { expect, test } from 'vitest';
import { type PageLine, pageText } from './page.ts';

const shown = (lines: readonly PageLine[], columns: number): string[] =>
  pageText({ summary: 'It does.', sections: [{ title: 'Rows', lines }] }, columns).split('\n');

test('rows stand in columns, and a long text goes on below itself', () => {
  const rows = [
    ['url', 'text, required', 'Where requests go.'],
    ['connections', '', 'Requests in flight at once, each its own connection.'],
  ];
  expect(shown(rows, 60)).toEqual([
    'It does.',
    '',
    'Rows:',
    '  url          text, required  Where requests go.',
    '  connections                  Requests in flight at once,',
    '                               each its own connection.',
  ]);
});

test('where a word of a text does not fit beside the names, all texts go below them', () => {
  const rows = [
    ['a.count', 'sum(x)'],
    ['b.count', `rate(${'x'.repeat(30)}) / 2`],
  ];
  expect(shown(rows, 43).slice(3)).toEqual([
    '  a.count',
    '      sum(x)',
    '  b.count',
    `      rate(${'x'.repeat(30)})`,
    '      / 2',
  ]);
});

test('sections without lines are left out, and what is to be copied is not wrapped', () => {
  const page = {
    summary: 'It does.',
    sections: [
      { title: 'Needs', lines: [] },
      { title: 'Example', lines: ['x'.repeat(50).replace(/x{10}/g, 'xxxxxxxxx ')], asItIs: true as const },
    ],
  };
  expect(pageText(page, 20).split('\n')).toHaveLength(4);
});
