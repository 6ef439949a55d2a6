import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { type Measured, type MeasureRef, value } from '../../model/measure.ts';
import type { Occurrence } from '../../model/series.ts';
import { fakeContext, span } from '../fake-run.ts';
import { httpLedger, ledgerRules } from './http-ledger.ts';

const counts: JsonObject = {
  acked: 900,
  stored: 899,
  lost: 2,
  duplicated: 0,
  uncertain: 1,
  uncertain_stored: 1,
  unsent: 4,
};

const event = (type: string, detail: JsonObject): Occurrence => ({ t: 60e9, type, subject: '', detail });

function came(measure: string, events: readonly Occurrence[], sliding?: [number, number]): Measured {
  const context = fakeContext(
    { events: { 'votes.ledger': events } },
    sliding === undefined ? {} : { sliding: span(...sliding) },
  );
  const ref: MeasureRef = { signal: 'votes', measure, text: `votes.${measure}` };
  return httpLedger(ref, { by: 'http-ledger', measure, type: 'number', summary: '' }, context);
}

test('the counts are as they were recorded', () => {
  const read = [event('read', counts)];
  expect(Object.keys(ledgerRules).map((name) => came(name, read))).toEqual(
    [900, 2, 0, 1].map((count) => value(count)),
  );
});

test.each([
  ['the run was killed', [], 'the run ended before'],
  ['the read-back failed', [event('unread', { why: '503 no backend' })], '503 no backend'],
  ['the record is damaged', [event('read', { ...counts, lost: -1 })], 'damaged'],
  ['a count is missing', [event('read', { acked: 3 })], 'damaged'],
  ['it failed after it was read', [event('read', counts), event('unread', { why: 'x' })], 'x'],
] as const)('where %s, nothing is known', (_, events, why) => {
  for (const name of Object.keys(ledgerRules)) {
    const measured = came(name, events);
    expect(measured.is).toBe('unknown');
    expect(measured.is === 'unknown' && measured.why).toContain(why);
  }
});

test('while the run lives nothing is known either', () => {
  expect(came('lost', [event('read', counts)], [55, 61]).is).toBe('unknown');
});
