import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { durationField, percentField, rateField, sizeField } from './fields.ts';
import {
  formatDuration,
  formatPercent,
  formatPeriod,
  formatRate,
  formatSize,
  parseDuration,
  parsePercent,
  parsePeriod,
  parseRate,
  parseSize,
  type QuantityName,
  quantityPattern,
} from './units.ts';

describe('quantities as they are written', () => {
  test.each([
    [parseDuration, '500ms', 0.5],
    [parseDuration, '0s', 0],
    [parseDuration, '30s', 30],
    [parseDuration, '1.5m', 90],
    [parseDuration, '1h', 3_600],
    [parseRate, '50/s', 50],
    [parseRate, '30/m', 0.5],
    [parseRate, '36/h', 0.01],
    [parseSize, '64Mi', 67_108_864],
    [parseSize, '10MB', 10_000_000],
    [parseSize, '512B', 512],
    [parsePercent, '50%', 50],
    [parsePercent, '0.5%', 0.5],
    [parsePeriod, '30d', 2_592_000],
    [parsePeriod, '4w', 2_419_200],
    [parsePeriod, '12h', 43_200],
  ])('%o reads %s', (parse, text, value) => {
    expect(parse(text)).toEqual({ ok: true, value });
  });

  test.each([
    [parseDuration, 30, 'Write `30s`.'],
    [parseDuration, '30', 'Write `30s`.'],
    [parseDuration, '30 s', 'Write `30s`.'],
    [parseDuration, '2min', 'Write `2m`.'],
    [parseDuration, '100 milliseconds', 'Write `100ms`.'],
    [parseRate, 50, 'Write `50/s`.'],
    [parseRate, '50rps', 'Write `50/s`.'],
    [parseRate, '50 per minute', 'Write `50/m`.'],
    [parseSize, 64, 'Write `64Mi`.'],
    [parseSize, '10mb', 'Write `10MB`.'],
    [parseSize, '10 GiB', 'Write `10Gi`.'],
    [parsePercent, 50, 'Write `50%`.'],
    [parsePercent, '50 percent', 'Write `50%`.'],
    [parsePeriod, '30 days', 'Write `30d`.'],
    [parsePeriod, 30, 'Write `30d`.'],
  ])('%o of %s says what to write: %s', (parse, given, fix) => {
    expect(parse(given)).toMatchObject({ ok: false, problem: { fix } });
  });

  test.each([
    null,
    undefined,
    true,
    [],
    {},
    '',
    '-3s',
    'NaNs',
    '1e3s',
    Number.NaN,
    `${'9'.repeat(400)}s`,
    'toString',
    '1toString',
  ])('refuses %o in every unit, with an expectation', (given) => {
    for (const parse of [parseDuration, parseRate, parseSize, parsePercent, parsePeriod]) {
      expect(parse(given)).toMatchObject({
        ok: false,
        problem: { expected: expect.stringContaining('such as') },
      });
    }
  });
});

describe('properties', () => {
  const back = (
    format: (value: number) => string,
    parse: (text: string) => { ok: boolean; value?: number },
    numbers: fc.Arbitrary<number>,
  ): void =>
    fc.assert(
      fc.property(numbers, (value) => {
        const parsed = parse(format(value));
        expect(parsed.ok, format(value)).toBe(true);
        expect(parsed.value).toBeCloseTo(value, 9);
      }),
    );

  test('what is formatted is read back as it was', () => {
    back(
      formatDuration,
      parseDuration,
      fc.nat(1e9).map((millis) => millis / 1_000),
    );
    back(
      formatRate,
      parseRate,
      fc
        .tuple(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(1, 60, 3_600))
        .map(([count, per]) => count / per),
    );
    back(
      formatSize,
      parseSize,
      fc.nat(2 ** 31 - 1).chain((count) => fc.constantFrom(count, count * 1_024)),
    );
    back(
      formatPeriod,
      parsePeriod,
      fc.nat(10_000).chain((hours) => fc.constantFrom(hours * 3_600, hours * 86_400)),
    );
    back(
      formatPercent,
      parsePercent,
      fc.nat(10_000).map((count) => count / 100),
    );
  });

  test('any text is a value or a trouble with a fix, never an exception', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: 'grapheme' }),
      fc.tuple(fc.nat(), fc.string()).map(([a, b]) => `${a}${b}`),
    );
    fc.assert(
      fc.property(fc.oneof(texts, fc.anything()), (given) => {
        for (const parse of [parseDuration, parseRate, parseSize, parsePercent, parsePeriod]) {
          const parsed = parse(given);
          if (parsed.ok) expect(parsed.value).toBeGreaterThanOrEqual(0);
          else expect(parsed.problem.fix.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('the JSON Schema pattern accepts exactly what the parser accepts', () => {
    const parsers: [QuantityName, (text: string) => { ok: boolean }][] = [
      ['duration', parseDuration],
      ['rate', parseRate],
      ['size', parseSize],
      ['percent', parsePercent],
      ['period', parsePeriod],
    ];
    const units = fc.constantFrom(
      'ms',
      's',
      'm',
      'h',
      'd',
      'w',
      '/s',
      '/m',
      '/h',
      'Mi',
      'MB',
      'B',
      '%',
      '',
      'x',
      ' s',
      's ',
    );
    fc.assert(
      fc.property(fc.tuple(fc.double({ min: 0, max: 1e6, noNaN: true }), units), ([number, unit]) => {
        const text = `${number}${unit}`;
        for (const [name, parse] of parsers) {
          expect(new RegExp(quantityPattern(name)).test(text), `${name} ${text}`).toBe(parse(text).ok);
        }
      }),
    );
  });
});

describe('fields', () => {
  const shape = z.strictObject({
    hold: durationField({ min: 1 }).describe('How long'),
    rate: rateField().optional(),
    size: sizeField().optional(),
    share: percentField().optional(),
  });

  test('are numbers when parsed', () => {
    expect(shape.parse({ hold: '5m', rate: '30/m', size: '1Ki', share: '50%' })).toEqual({
      hold: 300,
      rate: 0.5,
      size: 1_024,
      share: 50,
    });
  });

  test('say what is expected and what to write', () => {
    const wrong = shape.safeParse({ hold: '500ms', rate: 50, share: '120%' });
    expect(wrong.error?.issues.map((issue) => [issue.path[0], 'params' in issue && issue.params])).toEqual([
      ['hold', { expected: '1s to 24h', fix: 'Write 1s or more.' }],
      ['rate', { expected: 'a rate such as 50/s, 30/m or 10/h', fix: 'Write `50/s`.' }],
      ['share', { expected: '0% to 100%', fix: 'Write 100% or less.' }],
    ]);
    expect(shape.safeParse({}).error?.issues).toHaveLength(1);
  });

  test('become strings with a pattern in JSON Schema', () => {
    const json = z.toJSONSchema(shape, { io: 'input' });
    expect(json).toMatchObject({
      required: ['hold'],
      properties: { hold: { type: 'string', pattern: quantityPattern('duration'), description: 'How long' } },
    });
  });
});
