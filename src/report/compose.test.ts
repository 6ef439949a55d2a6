import { expect, test } from 'vitest';
import { atLeast, NO_UPPER_BOUND } from '../judge/words.ts';
import { bounded, type Measured, value } from '../model/measure.ts';
import type { MeasureResult } from '../model/verdict.ts';
import { messyRun } from './fake/fake-odd.ts';
import { fakeRun } from './fake/fake-run.ts';
import { renderHtml } from './html/render.ts';
import type { ReportInput } from './input.ts';
import { renderMarkdown } from './markdown/render.ts';
import { plainSummary } from './summary.ts';

const everywhere = (input: ReportInput): string[] => [
  renderHtml(input),
  renderMarkdown(input).markdown,
  plainSummary(input.result),
];

/** Every measure of a run came out the same. */
function allMeasured(input: ReportInput, measured: Measured): ReportInput {
  const each = (of: readonly MeasureResult[]) => of.map((one) => ({ ...one, measured }));
  const { result } = input;
  return {
    ...input,
    result: {
      ...result,
      measures: each(result.measures),
      predictions: result.predictions.map((one) => ({ ...one, measures: each(one.measures) })),
      steady: result.steady.map((one) => ({ ...one, measures: each(result.measures) })),
    },
  };
}

test('an open bound is never written as a number', () => {
  const open = [bounded(-NO_UPPER_BOUND, 2), atLeast(2), bounded(-NO_UPPER_BOUND, NO_UPPER_BOUND)];
  for (const measured of open)
    for (const text of everywhere(allMeasured(fakeRun('kill'), measured)))
      expect(text).not.toMatch(/e\+308|1797693134862315|\d{40}/);
});

test('one failure is never told as none', () => {
  const input = fakeRun('scale');
  const measures = input.result.measures.map((one) =>
    one.text === 'votes.fault.requests.failed' ? { ...one, measured: value(1) } : one,
  );
  for (const text of everywhere({ ...input, result: { ...input.result, measures } })) {
    expect(text).not.toContain('noticed nothing');
    expect(text.replace(/\s+/g, ' ')).toContain(
      'hardly noticed anything: too few failures to count as impact',
    );
  }
});

test('no sentence is followed by two spaces', () => {
  for (const input of [fakeRun('scale'), fakeRun('kill'), messyRun()])
    expect(renderMarkdown(input).markdown).not.toMatch(/[.!?] {2,}\S/);
});
