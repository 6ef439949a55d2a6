import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bounded, censored, type Measured, unknown, value } from '../../model/measure.ts';
import { environmentOf } from '../expression/environment.ts';
import { fakeSignals } from '../expression/fake-environment.ts';
import { atLeast } from '../words.ts';
import { type Gate, gateMeasure, gateText, gateTruth, limitMeasured, parseGate } from './gate.ts';

const environment = environmentOf(fakeSignals);

const read = (text: string): Gate => {
  const parsed = parseGate(text);
  if (!parsed.ok) throw new TypeError(parsed.problem.message);
  return parsed.value;
};

const truth = (text: string, base: Measured, measured: Measured) =>
  gateTruth(read(text), { base, measured }).truth;

describe('reading', () => {
  test.each([
    [
      'recovered_after_s > 1.5x',
      { measure: 'recovered_after_s', op: '>', limit: { is: 'ratio', value: 1.5 } },
    ],
    ['votes.p95_ms>=+50', { measure: 'votes.p95_ms', op: '>=', limit: { is: 'difference', value: 50 } }],
    [
      'votes.availability < -0.01',
      { measure: 'votes.availability', op: '<', limit: { is: 'difference', value: -0.01 } },
    ],
    ['  votes.failed != 0 ', { measure: 'votes.failed', op: '!=', limit: { is: 'number', value: 0 } }],
    [
      'votes.by_error["a > 5"] > 3',
      { measure: 'votes.by_error["a > 5"]', op: '>', limit: { is: 'number', value: 3 } },
    ],
    ['votes.count <= 1e3x', { measure: 'votes.count', op: '<=', limit: { is: 'ratio', value: 1000 } }],
  ])('%s', (text, gate) => expect(parseGate(text)).toEqual({ ok: true, value: gate }));

  test.each([
    ['', 'empty'],
    ['recovered_after_s', 'compares nothing'],
    ['votes.p95_ms = 5', '`=` compares nothing'],
    ['> 5', 'no measure'],
    ['votes.p95_ms > ', 'no number'],
    ['votes.p95_ms > fast', 'no number'],
    ['votes.p95_ms > 50ms', 'no unit'],
    ['votes.p95_ms > +2x', 'no sign'],
    ['votes.p95_ms > 1e999', 'too large'],
    [`votes.p95_ms > ${'1'.repeat(600)}`, 'longer'],
  ])('%j is refused', (text, words) => {
    const parsed = parseGate(text);
    expect(parsed.ok ? 'accepted' : parsed.problem.message).toContain(words);
    expect(parsed.ok ? '' : parsed.problem.fix).not.toBe('');
  });

  test.each([
    ['votes.p95_ms > +20%', '1.2x'],
    ['votes.p95_ms < -20%', '0.8x'],
  ])('%s is told as a ratio', (text, ratio) => {
    const parsed = parseGate(text);
    expect(parsed.ok ? '' : parsed.problem.fix).toBe(`Write \`${ratio}\`.`);
  });

  test('a share without a sign may mean of it, or more than it', () => {
    const parsed = parseGate('votes.p95_ms > 20%');
    expect(parsed.ok ? '' : parsed.problem.fix).toBe(
      'Write `0.2x` for 20 % of what it is compared with, `1.2x` for 20 % more.',
    );
  });

  const gates = fc.record({
    measure: fc.constantFrom('recovered_after_s', 'votes.p95_ms', 'votes.by_error["a > 5x"]', 'a.b.c(5)'),
    op: fc.constantFrom('<', '<=', '>', '>=', '==', '!=') as fc.Arbitrary<Gate['op']>,
    limit: fc.oneof(
      fc.record({
        is: fc.constantFrom('ratio' as const, 'number' as const),
        value: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
      }),
      fc.record({
        is: fc.constant('difference' as const),
        value: fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
      }),
    ),
  });

  test('what is written is read again', () => {
    fc.assert(
      fc.property(gates, (gate) => {
        expect(parseGate(gateText(gate))).toEqual({ ok: true, value: gate });
      }),
    );
  });

  test('no text makes it throw, and what is refused says what to do', () => {
    const piece = fc.constantFrom(
      'votes',
      '.',
      'p95_ms',
      '>',
      '<',
      '=',
      ' ',
      '1.5',
      'x',
      '+',
      '-',
      '%',
      '"',
      '[',
      'ms',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.array(piece).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parseGate(text);
        if (parsed.ok) expect(parseGate(gateText(parsed.value))).toEqual(parsed);
        else expect(parsed.problem.fix).not.toBe('');
      }),
    );
  });
});

describe('the measure', () => {
  test('is one of the run, by the name that expressions use', () => {
    const found = gateMeasure(read('votes.fault.p95_ms > 1.5x'), environment);
    expect(found.ok && found.value).toMatchObject({ signal: 'votes', window: 'fault', measure: 'p95_ms' });
  });
  test('a wrong name comes with the nearest', () => {
    const found = gateMeasure(read('votes.p95_m > 1.5x'), environment);
    expect(found.ok ? '' : found.problem.nearest).toBe('p95_ms');
  });
  test.each([
    'votes.p95_ms + votes.p50_ms > 5',
    '1 + votes.p95_ms > 5',
    'votes.p95_ms > 1 && votes.failed > 5',
    '5 > 3',
  ])('%s is more than one measure', (text) => expect(gateMeasure(read(text), environment).ok).toBe(false));
});

describe('truth', () => {
  test('a ratio, a difference, a number', () => {
    expect(truth('m > 1.5x', value(10), value(16))).toBe('true');
    expect(truth('m > 1.5x', value(10), value(15))).toBe('false');
    expect(truth('m > +5', value(10), value(16))).toBe('true');
    expect(truth('m < -5', value(10), value(6))).toBe('false');
    expect(truth('m < 5', unknown('gone'), value(4))).toBe('true');
  });
  test('something against nothing is more than any ratio', () => {
    expect(truth('m > 1.5x', value(0), value(0.1))).toBe('true');
    expect(truth('m > 1.5x', value(0), value(0))).toBe('false');
  });
  test('unknown, censored and bounded stay what they are', () => {
    expect(truth('m > 1.5x', unknown('gone'), value(4))).toBe('unknown');
    expect(truth('m > 1.5x', value(1), unknown('gone'))).toBe('unknown');
    expect(truth('m > 1.5x', value(10), censored(60))).toBe('true');
    expect(truth('m > 1.5x', value(100), censored(60))).toBe('unknown');
    expect(truth('m > 1.5x', value(10), bounded(14, 16))).toBe('unknown');
    expect(truth('m > 1.5x', value(10), bounded(12, 14))).toBe('false');
    expect(truth('m > 1.5x', atLeast(10), value(12))).toBe('false');
    expect(truth('m > 2', value(1), value('leader'))).toBe('unknown');
  });
  test('the limit is told as it is known', () => {
    expect(limitMeasured(read('m > 1.5x'), value(10))).toEqual(value(15));
    expect(limitMeasured(read('m > 1.5x'), unknown('gone'))).toEqual(unknown('gone'));
    expect(limitMeasured(read('m > 3'), unknown('gone'))).toEqual(value(3));
  });
  test('replacing a measure by unknown never turns a gate to false', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(
        number,
        number,
        fc.constantFrom('m > 1.5x', 'm < +2', 'm >= 3', 'm == -1'),
        (a, b, text) => {
          expect(truth(text, value(a), unknown('gone'))).toBe('unknown');
          if (read(text).limit.is !== 'number')
            expect(truth(text, unknown('gone'), value(b))).toBe('unknown');
        },
      ),
    );
  });
});
