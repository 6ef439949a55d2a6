import { expect, test } from 'vitest';
import { bounded, type Measured, unknown, value } from '../../model/measure.ts';
import { atLeast } from '../words.ts';
import { feltText } from './felt.ts';

const hardly = 'Users hardly noticed anything: too few failures to count as impact';
const nothing = 'Users noticed nothing';
const notKnown = 'Users noticed nothing, as far as was observed';

test.each<[string, Measured, string]>([
  ['fault', value(0), nothing],
  ['fault', value(1), hardly],
  ['recovery', value(1), hardly],
  ['baseline', value(7), nothing],
  ['fault', bounded(2, 3), hardly],
  ['fault', atLeast(0), notKnown],
  ['fault', unknown('a gap'), notKnown],
])('no impact, but in %s: %o', (window, measured, words) => {
  const text = `votes.${window}.requests.failed`;
  expect(feltText({ impact: 'none', measures: [{ text, measured, unit: '1' }], signals: [] })).toBe(words);
});
