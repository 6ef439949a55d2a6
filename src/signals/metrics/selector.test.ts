import { expect, test } from 'vitest';
import { parseExposition } from './exposition.ts';
import { parseSelector, select } from './selector.ts';

const page = parseExposition(`
requests{status="200",path="/"} 1
requests{status="500",path="/"} 2
requests{status="503"} 4
requests{status="50"} 8
requests_total 16
`);
const samples = page.ok ? page.value.samples : [];

function sum(text: string): number | string {
  const selector = parseSelector(text);
  if (!selector.ok) return selector.problem;
  return [...select(selector.value, samples).values()].reduce((all, one) => all + one, 0);
}

test.each([
  ['requests', 15],
  ['requests{}', 15],
  [' requests_total ', 16],
  ['requests{status="500"}', 2],
  ["requests{status!='500'}", 13],
  ['requests{status=~"5.."}', 6],
  ['requests{status=~"5"}', 0],
  ['requests{status!~`5..|2..`,}', 8],
  ['requests { status =~ "5.." , path = "/" }', 2],
  ['requests{path=""}', 12],
  ['requests{nothing!=""}', 0],
  [String.raw`requests{status=~"\\d+"}`, 15],
])('%s selects as in PromQL', (text, expected) => {
  expect(sum(text)).toBe(expected);
});

test.each([
  ['', 'is no selector'],
  ['rate(requests[5m])', 'is no selector'],
  ['requests[5m]', 'is no selector'],
  ['{status="500"}', 'is no selector'],
  ['requests{status="500"', 'is no selector'],
  ['requests{status}', 'has no label matcher at `status`'],
  ['requests{status=500}', 'has no label matcher'],
  ['requests{status="500" path="/"}', 'lacks a comma after the matcher of status'],
  ['requests{status=~"("}', 'has no regular expression in status=~"("'],
  [String.raw`requests{status="\d"}`, 'has an unknown escape'],
])('%s is refused in words', (text, why) => {
  expect(sum(text)).toContain(why);
});

test('of two samples with the same labels the last one counts', () => {
  const twice = parseExposition('a{x="1",y="2"} 1\na{y="2",x="1"} 5\n');
  const selector = parseSelector('a');
  if (!twice.ok || !selector.ok) throw new Error('cannot be');
  expect([...select(selector.value, twice.value.samples).values()]).toEqual([5]);
});
