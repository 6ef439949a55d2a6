import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExposition } from './exposition.ts';

/** From the documentation of the format. */
const example = String.raw`# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf",} 144320
http_request_duration_seconds_sum 53423
	http_request_duration_seconds_count	144320
`;

const parsed = (text: string) => {
  const page = parseExposition(text);
  if (!page.ok) throw new Error(JSON.stringify(page.problem));
  return page.value;
};

test('the example of the documentation', () => {
  const { samples, types } = parsed(example);
  expect([...types]).toEqual([
    ['http_requests_total', 'counter'],
    ['http_request_duration_seconds', 'histogram'],
  ]);
  expect(samples.map(({ name, labels, value }) => [name, Object.fromEntries(labels), value])).toEqual([
    ['http_requests_total', { method: 'post', code: '200' }, 1027],
    ['http_requests_total', { method: 'post', code: '400' }, 3],
    [
      'msdos_file_access_time_seconds',
      { path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
      1.458255915e9,
    ],
    ['metric_without_timestamp_and_labels', {}, 12.47],
    ['something_weird', { problem: 'division by zero' }, Number.POSITIVE_INFINITY],
    ['http_request_duration_seconds_bucket', { le: '0.05' }, 24054],
    ['http_request_duration_seconds_bucket', { le: '+Inf' }, 144320],
    ['http_request_duration_seconds_sum', {}, 53423],
    ['http_request_duration_seconds_count', {}, 144320],
  ]);
});

test.each([
  ['a NaN', Number.NaN],
  ['a nan', Number.NaN],
  ['a -Inf', Number.NEGATIVE_INFINITY],
  ['a +infinity', Number.POSITIVE_INFINITY],
  ['a -.5', -0.5],
  ['a 5.', 5],
  ['a 1e-3', 0.001],
  ['a{} 1', 1],
  ['a{b="}"}1', 1],
  ['a { b = "x" , c = "y" , } 1 2', 1],
])('%s', (line, value) => {
  expect(parsed(line).samples.map((sample) => sample.value)).toEqual([value]);
});

test.each([
  ['1a 2', 'does not begin with the name of a metric'],
  ['a', 'is no value'],
  ['a1', 'is no value'],
  ['a -', 'is no value'],
  ['a 0x1p-2', 'is no value'],
  ['a 1_000', 'is no value'],
  ['a 1 2.5', 'is no value'],
  ['a 1 # {trace="x"} 1', 'is no value'],
  ['a{b="x" 1', 'a comma or } is missing'],
  ['a{b=x} 1', 'is no label'],
  ['a{b="x', 'is no label'],
  ['a{0b="x"} 1', 'is no label'],
  ['a{,} 1', 'is no label'],
  ['a{b="x",,} 1', 'is no label'],
  [String.raw`a{b="\t"} 1`, 'a backslash before another letter'],
  ['a{b="x",b="y"} 1', 'the label b twice'],
  ['# TYPE a thing', '`thing` is no type'],
  ['# TYPE', 'names no metric'],
  ['# TYPE 1a counter', 'names no metric'],
  ['# TYPE ok gauge', 'was a counter before'],
  ['<html>', 'does not begin with the name of a metric'],
  ['a 1\r', 'carriage return'],
])('%s is broken, and it is said in which line', (line, why) => {
  const page = parseExposition(`# TYPE ok counter\n# a comment\nok 1\n${line}\nok 2\n`);
  expect(page).toEqual({ ok: false, problem: { line: 4, why: expect.stringContaining(why) } });
});

const name = fc.stringMatching(/^[a-zA-Z_:][a-zA-Z0-9_:]{0,8}$/);
const label = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(Number.NaN, Infinity, -Infinity));
const blank = fc.constantFrom('', ' ', '\t', '  ');
const sample = fc.record({
  name,
  labels: fc.uniqueArray(fc.tuple(label, fc.string({ unit: 'binary' })), {
    selector: ([one]) => one,
    maxLength: 4,
  }),
  value: number,
  timestamp: fc.option(fc.integer()),
  blank,
});

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
function goNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}

test('whatever is written is read back the same', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 20 }), (samples) => {
      const text = samples.map(({ blank: b, ...one }) => {
        const labels = one.labels
          .map(([key, value]) => `${b}${key}${b}=${b}"${escaped(value)}"${b}`)
          .join(',');
        const time = one.timestamp === null ? '' : ` ${one.timestamp}`;
        return `${b}${one.name}${b}{${labels}}${b}${goNumber(one.value)}${time}${b}\n`;
      });
      expect(parsed(text.join('# HELP x y\n')).samples).toEqual(
        samples.map(({ name: called, labels, value }) => ({ name: called, labels: new Map(labels), value })),
      );
    }),
  );
});

test('whatever comes is read or refused with a line, never more', () => {
  const line = fc.oneof(fc.string(), fc.stringMatching(/^[#a{}"=,\\ 1TYPE]{0,20}$/));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const text = lines.join('\n');
      const page = parseExposition(text);
      if (!page.ok) expect(page.problem.line).toBeLessThanOrEqual(text.split('\n').length);
      else for (const { name: called } of page.value.samples) expect(text).toContain(called);
    }),
  );
});
