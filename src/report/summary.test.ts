import { expect, test } from 'vitest';
import { chartMarks } from './charts/all.ts';
import { hostileRun } from './fake/fake-hostile.ts';
import { bareRun, notStartedRun } from './fake/fake-odd.ts';
import { fakeRun } from './fake/fake-run.ts';
import { plainSummary } from './summary.ts';

test('says verdict, predictions with the surprise first, impact, recovery and detection', () => {
  const text = plainSummary(fakeRun('kill').result);
  expect(text).toMatch(/^≠ DEVIATED\n/);
  expect(text).toMatch(/✗ failed {3}votes.availability >= 0.99 +91.2 % +80%\n/);
  expect(text.indexOf('✗ failed')).toBeLessThan(text.indexOf('✓ held'));
  expect(text).toContain('User impact  failing');
  expect(text).toContain('steady again 3.92 s (from the first injection)');
  expect(text).toContain('backends.ready at +0.05 s; strongest votes.error_rate');
});

test('fits into 80 columns and holds no control characters', () => {
  for (const input of [fakeRun('kill'), fakeRun('latency'), notStartedRun(), bareRun()]) {
    const text = plainSummary(input.result);
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(text).not.toMatch(/undefined|NaN/);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what is looked for
  expect(plainSummary(hostileRun().result)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
});

test('names the charts by their marks, worst first', () => {
  const input = fakeRun('errors');
  expect(plainSummary(input.result, { marks: chartMarks(input), width: 100 })).toContain(
    'Charts       critical votes-rate, votes-errors; warning backends-counts; healthy votes-latency',
  );
  expect(plainSummary(input.result)).not.toContain('Charts');
});

test('colours only by the function that it is given', () => {
  const text = plainSummary(fakeRun('kill').result, { colour: (piece, as) => `<${as}>${piece}</${as}>` });
  expect(text).toMatch(/^<warn>≠ DEVIATED<\/warn>/);
  expect(text).toContain('<good>✓ held    </good>');
});
