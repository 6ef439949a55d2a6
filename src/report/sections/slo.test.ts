import { expect, test } from 'vitest';
import { slosOf } from '../../judge/slo/slo.ts';
import { NO_UPPER_BOUND } from '../../judge/words.ts';
import { unknown } from '../../model/measure.ts';
import type { SloResult } from '../../model/slo.ts';
import { fakeRun } from '../fake/fake-run.ts';
import type { FakeKind } from '../fake/fake-series.ts';
import { renderHtml } from '../html/render.ts';
import type { ReportInput } from '../input.ts';
import { renderMarkdown } from '../markdown/render.ts';

const voting = {
  name: 'voting',
  signal: 'votes',
  objective_percent: 99.9,
  within_ms: 300,
  window_s: 2_592_000,
};

function withSlo(kind: FakeKind, change: Partial<SloResult> = {}): ReportInput {
  const input = fakeRun(kind);
  const { timeline, samples, result } = input;
  const context = {
    signals: result.signals,
    samples,
    windows: result.windows,
    timeline,
    defaultWindow: 'predict' as const,
  };
  const slo = slosOf([voting], context).map((one) => ({ ...one, ...change }));
  return { ...input, result: { ...result, slo } };
}

const sectionOf = (input: ReportInput): string =>
  /^## Error budget\n([\s\S]*?)\n## /m.exec(renderMarkdown(input).markdown)?.[1] ?? '';

test('what was good by window, the burn rate, what was spent and how long it would last', () => {
  const input = withSlo('errors');
  const section = sectionOf(input);
  expect(section).toContain('the objective is that 99.9 % of votes succeed within 300 ms, over 30 days.');
  expect(section).toMatch(/This run spent 0\.\d+ % of the error budget of 30 days\./);
  expect(section).toMatch(
    /burn rate was \*\*18\d\*\*: at that pace the budget of 30 days is gone after 3 h 5\d min\./,
  );
  expect(section).toMatch(/\| fault \| \d+ \| 1500 \| 81\.\d % \|/);
  expect(renderHtml(input)).toContain('Error budget of voting');
});

test('nothing spent is said, and has no end', () => {
  const section = sectionOf(withSlo('scale'));
  expect(section).toContain('This run spent nothing of the error budget of 30 days.');
  expect(section).not.toContain('gone after');
});

test('what is unknown or open is never a number', () => {
  const blind = sectionOf(
    withSlo('kill', { spent: unknown('nobody looked'), burnRate: unknown('nobody looked') }),
  );
  expect(blind).toContain('is unknown: nobody looked.');
  const open = { is: 'bounded', min: 3_600, max: NO_UPPER_BOUND } as const;
  const section = sectionOf(withSlo('kill', { goneAfter_s: open, repeats: { ...open, min: 12.7 } }));
  expect(section).toContain('gone after at least 1 h 0 min');
  expect(section).toContain('at least 12 runs');
  expect(section).not.toMatch(/e\+|Infinity|NaN|\d{30}/);
});

test('a system without an objective has no such section', () => {
  expect(sectionOf(fakeRun('kill'))).toBe('');
  expect(renderHtml(fakeRun('kill'))).not.toContain('Error budget');
});
