import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { createRedactor } from '../redact.ts';
import { cleanOccurrence, cleanOperation, cleanPoint } from './rows.ts';

const redact = createRedactor(['canary-9f81']);
const kinds = new Set(['timeout']);
const base = { intended: 1.4, sent: 2.6, done: null };

test('an operation that failed in a way that was not announced is `other`, with its words', () => {
  expect(cleanOperation({ ...base, kind: 'timeout' }, kinds, redact)).toEqual({
    intended: 1,
    sent: 3,
    done: null,
    kind: 'timeout',
  });
  expect(cleanOperation({ ...base, kind: 'ESTRANGE' }, kinds, redact)).toMatchObject({
    kind: 'other',
    detail: 'ESTRANGE',
  });
  expect(cleanOperation({ ...base, kind: 'ESTRANGE', detail: 'x canary-9f81' }, kinds, redact)).toMatchObject(
    { kind: 'other', detail: 'x [secret]' },
  );
  expect(cleanOperation({ ...base, kind: 'missed' }, kinds, redact)).toMatchObject({ kind: 'missed' });
});

test('an operation that succeeded keeps no text, one without a time is none', () => {
  expect(cleanOperation({ ...base, kind: 'ok', detail: 'fine', status: 200 }, kinds, redact)).toEqual({
    intended: 1,
    sent: 3,
    done: null,
    kind: 'ok',
    status: 200,
  });
  expect(cleanOperation({ ...base, intended: Number.NaN, kind: 'ok' }, kinds, redact)).toBeUndefined();
});

test('long texts are cut, and a secret near the cut goes as a whole', () => {
  const text = `${'x'.repeat(1_995)}canary-9f81${'y'.repeat(50_000)}`;
  const detail = cleanOperation({ ...base, kind: 'timeout', detail: text }, kinds, redact)?.detail ?? '';
  expect(detail).toHaveLength(2_000);
  expect(detail).not.toContain('canary');
});

test('a number that is none is not known', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
    expect(cleanPoint({ t: 1, value }, redact)).toEqual({ t: 1, value: null });
  expect(cleanPoint({ t: 1, value: 'canary-9f81' }, redact)).toEqual({ t: 1, value: '[secret]' });
});

test('what JSON cannot hold is said to be unreadable, and later changes do not get in', () => {
  const circle: JsonObject = {};
  circle['self'] = circle;
  expect(cleanOccurrence({ t: 1, type: 'a', subject: 'b', detail: circle }, redact)?.detail).toEqual({
    unreadable: true,
  });
  const detail: JsonObject = { reason: ['Killed'] };
  const row = cleanOccurrence({ t: 1, type: 'a', subject: 'b', detail }, redact);
  (detail['reason'] as string[]).push('later');
  expect(row?.detail).toEqual({ reason: ['Killed'] });
});
