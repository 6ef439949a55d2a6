import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Measured, value } from '../../model/measure.ts';
import { compile } from './compile.ts';
import { environmentOf, isUsableName, measuresBelow } from './environment.ts';
import { fakeSignals } from './fake-environment.ts';

const environment = environmentOf(fakeSignals);
const over = (text: string, values: Record<string, Measured>) => {
  const compiled = compile(text, environment);
  if (!compiled.ok) throw new TypeError(compiled.problem.message);
  return compiled.value.truth((ref) => values[ref.text] ?? { is: 'unknown', why: 'not observed' }).truth;
};
const errorOf = (text: string) => {
  const compiled = compile(text, environment);
  if (compiled.ok) throw new TypeError(`${text} compiles`);
  return compiled.problem;
};

test('reads what people write, with whole numbers and fractions alike', () => {
  expect(over('votes.availability >= 0.999', { 'votes.availability': value(1) })).toBe('true');
  expect(over('votes.p95_ms < 150', { 'votes.p95_ms': value(149.5) })).toBe('true');
  expect(over('backends.ready.last == 2', { 'backends.ready.last': value(2) })).toBe('true');
  expect(over('backends.ready.last == 2.0', { 'backends.ready.last': value(3) })).toBe('false');
  expect(over('votes.p95_ms > 5/2', { 'votes.p95_ms': value(2.4) })).toBe('false');
  expect(over('-votes.p95_ms < -1e3', { 'votes.p95_ms': value(1001) })).toBe('true');
  expect(over('cluster.last == "p1"', { 'cluster.last': value('p1') })).toBe('true');
  expect(over("cluster.leader.last != 'p1'", { 'cluster.leader.last': value('p2') })).toBe('true');
  expect(over('!cluster.paused.last', { 'cluster.paused.last': value(false) })).toBe('true');
  expect(over('cluster.paused.last == (1 < 2)', { 'cluster.paused.last': value(true) })).toBe('true');
});

test('finds windows, series, keys, functions of a number, events, derived and run measures', () => {
  const refOf = (text: string) => {
    const compiled = compile(text, environment);
    return compiled.ok ? compiled.value.refs[0] : compiled.problem;
  };
  const text = 'votes.fault.requests.p99_ms';
  expect(refOf(`${text} < 1`)).toEqual({
    signal: 'votes',
    window: 'fault',
    series: 'requests',
    measure: 'p99_ms',
    text,
  });
  expect(refOf('votes.baseline.p50_ms < 1')).toMatchObject({ window: 'baseline', series: 'requests' });
  expect(refOf('votes.by_error["reset"] == 0')).toMatchObject({
    measure: 'by_error',
    key: 'reset',
    text: 'votes.by_error["reset"]',
  });
  expect(refOf('votes.by_error["other"] == 0')).toMatchObject({ key: 'other' });
  expect(refOf('backends.ready.below_s(2) < 5')).toMatchObject({
    measure: 'below_s',
    key: 2,
    text: 'backends.ready.below_s(2)',
  });
  expect(refOf('backends.ready.above_s(-1.5) < 5')).toMatchObject({ key: -1.5 });
  expect(refOf('backends.transitions.deleted.count == 1')).toMatchObject({
    series: 'transitions',
    measure: 'count',
    key: 'deleted',
  });
  expect(refOf('backends.replaced_after_s < 9')).toEqual({
    signal: 'backends',
    measure: 'replaced_after_s',
    text: 'backends.replaced_after_s',
  });
  expect(refOf('observer.missed == 0')).toEqual({ measure: 'observer.missed', text: 'observer.missed' });
  expect(refOf('observer.lag_ms.max < 9')).toMatchObject({ signal: 'observer', series: 'lag_ms' });
  expect(refOf('recovered_after_s < 15')).toEqual({
    measure: 'recovered_after_s',
    text: 'recovered_after_s',
  });
});

test('every name of the environment compiles, and CEL agrees with its type', () => {
  for (const name of measuresBelow(environment.names)) {
    if (name.is !== 'measure') continue;
    const { signal, window, series, measure, key } = name.ref;
    const words = [signal, window, signal === undefined || series === undefined ? undefined : series];
    const keyed =
      measure === 'by_error' ? [`by_error["${key}"]`] : name.takesNumber ? [`${measure}(1)`] : [key, measure];
    const path = [...words, ...keyed].filter((word) => word !== undefined).join('.');
    const text = name.type === 'number' ? `${path} < 1` : name.type === 'text' ? `${path} == "a"` : path;
    expect(compile(text, environment), text).toMatchObject({ ok: true });
  }
});

test.each([
  ['votes.p95ms < 3', { offset: 6, found: 'p95ms', nearest: 'p95_ms' }],
  ['vots.p95_ms < 3', { offset: 0, found: 'vots', nearest: 'votes' }],
  ['votes.by_error["refsed"] == 0', { offset: 16, found: 'refsed', nearest: 'refused' }],
  ['1 < 2 && backends.transitions.deletd.count >= 1', { offset: 30, found: 'deletd', nearest: 'deleted' }],
  ['recovered_after < 15', { offset: 0, nearest: 'recovered_after_s' }],
  ['votes.p95_ms < 15s', { offset: 17, found: 's' }],
  ['votes.error_rate > 50%', { offset: 19, found: '50%', nearest: '0.5' }],
  ['votes.ok > 0.5 % && votes.ok < 2', { offset: 11, found: '0.5 %', nearest: '0.005' }],
  ['votes.p95_ms = 15', { offset: 13, found: '=', expected: '==' }],
  ['votes.ok => 15', { offset: 9, found: '=>', nearest: '>=' }],
  ['votes.ok =< 15', { offset: 9, found: '=<', nearest: '<=' }],
  ['votes.p95_ms < 1 and votes.ok > 2', { offset: 17, found: 'and', expected: '&&' }],
  ['votes.p95_ms < "1"', { offset: 15, found: '"1"', expected: 'a number' }],
  ['votes.p95_ms', { offset: 0, found: 'votes.p95_ms' }],
  ['votes', { offset: 0, found: 'votes' }],
  ['votes.p95_ms.max > 1', { offset: 13, found: 'max' }],
  ['backends.ready.above_s > 5', { offset: 15, expected: 'above_s(10)' }],
  ['backends.ready.above_s(votes.ok) > 5', { offset: 15 }],
  ['votes.ok <', { offset: 10 }],
  ['', { offset: 0 }],
])('says where %j is wrong', (text, wanted) => {
  expect(errorOf(text)).toMatchObject(wanted);
});

test.each([
  'has(votes.ok)',
  '[1].exists(x, x > votes.ok)',
  'votes.ok in [1]',
  'votes.ok == null',
  'votes.ok > 1 ? votes.ok < 5 : votes.ok > 7',
  'size("a") < votes.ok',
  'votes.ok % 2 == 0',
  'votes.ok < 5u',
  '{"a": votes.ok}["a"] > 1',
  'cluster.last < "p2"',
  'cluster.last + "x" == "p2"',
  '1 < votes.ok < 3',
  'true',
  '1 < 2',
  'votes.ok',
  'cel.bind(x, votes.ok, x > 1)',
  'namespace.x > 1',
])('refuses %s', (text) => {
  expect(errorOf(text).message).not.toBe('');
});

test('knows how long a time is waited for', () => {
  const longest = (text: string) => {
    const compiled = compile(text, environment);
    return compiled.ok ? compiled.value.longestTime_s : compiled.problem;
  };
  expect(longest('backends.replaced_after_s < 10')).toBe(10);
  expect(longest('recovered_after_s < 2 * 60 || votes.p95_ms < 5000')).toBe(120);
  expect(longest('cluster.changed_after_s - undone_after_s < 7')).toBe(7);
  expect(longest('votes.longest_outage_s < 10')).toBeUndefined();
});

test('asks for a measure once, and names what is missing', () => {
  const compiled = compile('votes.ok > 1 && votes.ok < 5 && votes.failed < 1', environment);
  if (!compiled.ok) throw new TypeError(compiled.problem.message);
  const asked: string[] = [];
  const verdict = compiled.value.truth((ref) => {
    asked.push(ref.text);
    return ref.text === 'votes.ok' ? value(3) : { is: 'unknown', why: 'a gap' };
  });
  expect(asked).toEqual(['votes.ok', 'votes.failed']);
  expect(verdict).toEqual({ truth: 'unknown', why: 'votes.failed: a gap' });
});

test('a value of another type than declared is unknown, not a crash', () => {
  expect(over('votes.ok < 3', { 'votes.ok': value('many') })).toBe('unknown');
  expect(over('cluster.last == "a"', { 'cluster.last': value(3) })).toBe('unknown');
  expect(over('votes.ok < 3', { 'votes.ok': value(Number.NaN) })).toBe('unknown');
  expect(
    over('!(votes.failed / votes.count > 0.1)', { 'votes.failed': value(0), 'votes.count': value(0) }),
  ).toBe('unknown');
});

test('strange names of signals, series and kinds neither crash nor collide', () => {
  const series = (name: string) => ({
    name,
    family: 'operations' as const,
    summary: '',
    kinds: ['__proto__', 'a"b', 'constructor'],
  });
  for (const name of [
    'namespace',
    '__proto__',
    'constructor',
    'a-b',
    'in',
    'fault',
    '1x',
    'recovered_after_s',
  ]) {
    const odd = environmentOf([
      { name, kind: 'x', version: 1, series: [series('fault'), series('toString')], derived: [] },
    ]);
    expect(compile(`${name}.toString.by_error["a\\"b"] == 0`, odd).ok).toBe(isUsableName(name));
    expect(compile('recovered_after_s < 1', odd).ok).toBe(true);
  }
});

test('no text crashes the compiler', () => {
  const pieces = fc.constantFrom(
    ...'votes p95_ms . ( ) [ ] { } " \' < <= == != && || ! - + * / % ? : , 1 2.5 0x 1e9 1e999 true null in has all "refused" by_error above_s # \\ \n é 😀 \ud800 r" b\' //'.split(
      ' ',
    ),
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join(' ')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const compiled = compile(text, environment);
      if (!compiled.ok) expect(compiled.problem.offset).toBeLessThanOrEqual(text.length);
      else compiled.value.truth(() => value(1));
    }),
    { numRuns: 3_000 },
  );
  for (const deep of [
    '('.repeat(1_999),
    '!'.repeat(1_990),
    '-'.repeat(1_990),
    'votes.'.repeat(300),
    '['.repeat(1_500),
    `votes.ok < ${'1+'.repeat(900)}1`,
    'x'.repeat(3_000),
  ]) {
    expect(typeof compile(deep, environment).ok).toBe('boolean');
  }
});
