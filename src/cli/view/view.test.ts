import { expect, test } from 'vitest';
import { jsonView } from './view.ts';

test('--json tells steady only when it changes', () => {
  const lines: string[] = [];
  const view = jsonView({ out: (text) => void lines.push(text) });
  for (const truth of ['true', 'true', 'false', 'false', 'true'] as const)
    view.event({ is: 'steady', t: 0, truth });
  expect(lines.map((line) => (JSON.parse(line) as { truth: string }).truth)).toEqual([
    'true',
    'false',
    'true',
  ]);
});
