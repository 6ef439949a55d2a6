import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bounded, censored, type Measured, type Truth, unknown, value } from '../../model/measure.ts';
import { compile, type Expression } from './compile.ts';
import { environmentOf } from './environment.ts';
import { fakeSignals } from './fake-environment.ts';

const environment = environmentOf(fakeSignals);
const names = ['votes.ok', 'votes.failed', 'votes.p95_ms', 'recovered_after_s'] as const;
type Name = (typeof names)[number];

const compiled = (text: string): Expression => {
  const result = compile(text, environment);
  if (!result.ok) throw new TypeError(`${text}: ${result.problem.message}`);
  return result.value;
};

const truthOf = (text: string, values: Partial<Record<string, Measured>>): Truth =>
  compiled(text).truth((ref) => values[ref.text] ?? unknown('not observed')).truth;

test.each<[string, Measured, Truth]>([
  ['recovered_after_s < 40', censored(40), 'false'],
  ['recovered_after_s < 40', censored(39), 'unknown'],
  ['recovered_after_s > 40', censored(40), 'true'],
  ['recovered_after_s > 40', censored(39), 'unknown'],
  ['recovered_after_s >= 40', censored(40), 'true'],
  ['recovered_after_s <= 40', censored(40), 'false'],
  ['recovered_after_s == 40', censored(40), 'false'],
  ['recovered_after_s != 40', censored(50), 'true'],
  ['recovered_after_s == 60', censored(50), 'unknown'],
  ['40 > recovered_after_s', censored(41), 'false'],
  ['!(recovered_after_s < 40)', censored(40), 'true'],
  ['recovered_after_s < 40', bounded(10, 39), 'true'],
  ['recovered_after_s < 40', bounded(10, 40), 'unknown'],
  ['recovered_after_s < 40', bounded(40, 50), 'false'],
  ['recovered_after_s <= 40', bounded(10, 40), 'true'],
  ['recovered_after_s == 40', bounded(10, 40), 'unknown'],
  ['recovered_after_s == 9', bounded(10, 40), 'false'],
  ['recovered_after_s - 10 < 40', bounded(10, 49), 'true'],
  ['2 * recovered_after_s > 79', censored(40), 'true'],
  ['-recovered_after_s < -39', censored(40), 'true'],
  ['100 / recovered_after_s <= 10', bounded(10, 20), 'true'],
  ['1 / recovered_after_s < 5', bounded(0, 20), 'unknown'],
  ['recovered_after_s < 40', unknown('a gap'), 'unknown'],
  ['votes.ok <= 1', bounded(2, Number.MAX_VALUE), 'false'],
  ['votes.ok >= 1', bounded(2, Number.MAX_VALUE), 'true'],
])('%s with %j is %s', (text, measured, wanted) => {
  expect(truthOf(text, { recovered_after_s: measured, 'votes.ok': measured })).toBe(wanted);
});

test.each<[string, Truth]>([
  ['votes.ok > 1 || votes.failed > 1', 'true'],
  ['votes.failed > 1 || votes.ok > 1', 'true'],
  ['votes.ok > 9 || votes.failed > 1', 'unknown'],
  ['votes.ok > 9 && votes.failed > 1', 'false'],
  ['votes.failed > 1 && votes.ok > 9', 'false'],
  ['votes.ok > 1 && votes.failed > 1', 'unknown'],
  ['!(votes.failed > 1)', 'unknown'],
  ['votes.failed != 1', 'unknown'],
  ['votes.failed == votes.failed', 'unknown'],
  ['(votes.failed > 1) == (votes.ok > 1)', 'unknown'],
  ['(votes.ok > 9) == (votes.ok > 8)', 'true'],
])('Kleene: %s with one unknown is %s', (text, wanted) => {
  expect(truthOf(text, { 'votes.ok': value(5) })).toBe(wanted);
});

/** Random expressions, as text. */
const { expression } = fc.letrec<{ expression: string; number: string }>((tie) => ({
  number: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...names),
    fc.constantFrom('0', '1', '2', '3', '0.5', '10', '1e3'),
    fc
      .tuple(tie('number'), fc.constantFrom('+', '-', '*', '/'), tie('number'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
    tie('number').map((of) => `-(${of})`),
  ),
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc
      .tuple(tie('number'), fc.constantFrom('<', '<=', '>', '>=', '==', '!='), tie('number'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('&&', '||', '=='), tie('expression'))
      .map(([a, op, b]) => `(${a}) ${op} (${b})`),
    tie('expression').map((of) => `!(${of})`),
  ),
}));

const withMeasure = expression.filter((text) => compile(text, environment).ok);
const number = fc.oneof(
  fc.constantFrom(0, 1, 2, 3, 0.5, -1, 10),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
);
const exact = fc.record(
  Object.fromEntries(names.map((name) => [name, number])) as Record<Name, typeof number>,
);
const asValues = (numbers: Record<string, number>): Record<string, Measured> =>
  Object.fromEntries(Object.entries(numbers).map(([name, one]) => [name, value(one)]));

/** What an expression comes to by JavaScript's own arithmetic. */
function byJavaScript(text: string, numbers: Record<string, number>): boolean {
  const source = names.reduce((all, name) => all.replaceAll(name, `v["${name}"]`), text);
  return new Function('v', `return ${source}`)(numbers) as boolean;
}

test('exact values come to what arithmetic says, unless a division by zero is in it', () => {
  fc.assert(
    fc.property(withMeasure, exact, (text, numbers) => {
      const truth = truthOf(text, asValues(numbers));
      if (truth !== 'unknown') expect(truth).toBe(String(byJavaScript(text, numbers)));
      else expect(text).toMatch(/\//);
    }),
    { numRuns: 1_500 },
  );
});

test('a measure that becomes unknown only ever weakens the truth to unknown', () => {
  fc.assert(
    fc.property(withMeasure, exact, fc.subarray([...names], { minLength: 1 }), (text, numbers, missing) => {
      const all = asValues(numbers);
      const some = { ...all, ...Object.fromEntries(missing.map((name) => [name, unknown('gone')])) };
      const [before, after] = [truthOf(text, all), truthOf(text, some)];
      if (after !== 'unknown' && before !== 'unknown') expect(after).toBe(before);
    }),
    { numRuns: 1_500 },
  );
});

test('what is true with an unknown is true whatever its value', () => {
  fc.assert(
    fc.property(
      withMeasure,
      exact,
      fc.tuple(fc.constantFrom(...names), number),
      (text, numbers, [name, other]) => {
        const without = truthOf(text, { ...asValues(numbers), [name]: unknown('gone') });
        const replaced = truthOf(text, { ...asValues(numbers), [name]: value(other) });
        if (without !== 'unknown' && replaced !== 'unknown') expect(replaced).toBe(without);
      },
    ),
    { numRuns: 1_500 },
  );
});

test('a definite verdict over an interval agrees with every value in it', () => {
  const share = fc.double({ noNaN: true, min: 0, max: 1 });
  fc.assert(
    fc.property(
      withMeasure,
      exact,
      fc.record({ name: fc.constantFrom(...names), a: number, b: number, share, isCensored: fc.boolean() }),
      (text, numbers, { name, a, b, share: part, isCensored }) => {
        const [min, max] = [Math.min(a, b), Math.max(a, b)];
        const measured = isCensored ? censored(min) : bounded(min, max);
        const chosen = isCensored
          ? min + Math.max(1e-9, Math.abs(min) * 1e-9) + part * 1e7
          : Math.min(max, min + part * (max - min));
        const vague = truthOf(text, { ...asValues(numbers), [name]: measured });
        const sharp = truthOf(text, { ...asValues(numbers), [name]: value(chosen) });
        if (vague !== 'unknown' && sharp !== 'unknown') expect(sharp).toBe(vague);
      },
    ),
    { numRuns: 3_000 },
  );
});
