import { expect, test } from 'vitest';
import { judge } from '../../judge/judge.ts';
import { fakeRun } from '../fake/fake-run.ts';
import type { FakeKind } from '../fake/fake-series.ts';
import { renderHtml } from '../html/render.ts';
import type { ReportInput } from '../input.ts';
import { renderMarkdown } from '../markdown/render.ts';

/** A run with its own verdict. */
function judged(kind: FakeKind, title?: string): ReportInput {
  const input = fakeRun(kind);
  const { plan, timeline, samples } = input;
  const experiment = title === undefined ? plan.experiment : { ...plan.experiment, title };
  const system = { name: plan.system.name };
  return { ...input, result: judge({ experiment, timeline, samples, signals: plan.signals, system }) };
}

const sectionOf = (input: ReportInput): string => {
  const { markdown } = renderMarkdown(input);
  return /^## Proposed alert\n([\s\S]*?)\n## /m.exec(markdown)?.[1] ?? '';
};

test('the rule stands there to be copied, with what its replays gave and what else was tried', () => {
  const section = sectionOf(judged('errors'));
  expect(section).toContain('`VotesErrors` would have fired');
  expect(section).toMatch(/Users first felt it .* before the alert\./);
  expect(section).toContain('groups:\n  - name: aftershock\n    interval: 15s\n');
  for (const every of ['every 15s (this system)', 'every 5s', 'every 1s'])
    expect(section).toContain(`| ${every} |`);
  expect(section).toContain('| VotesSlowP95 (what users feel) | — |');
});

test('where nobody felt it the report says so first, and proposes a ticket at most', () => {
  const section = sectionOf(judged('scale'));
  expect(section.trim()).toMatch(
    /^Nothing that users felt: no alert should page for this\. For a ticket: with a scrape/,
  );
  expect(section).toContain('severity: info');
});

test('without a rule there is no file and no replay; without a fault no section at all', () => {
  const input = judged('kill');
  const { alert } = input.result;
  if (alert === undefined) throw new Error('no proposal');
  const { rule: _, ...without } = alert;
  const bare = sectionOf({ ...input, result: { ...input.result, alert: { ...without, replays: [] } } });
  expect(bare).not.toContain('groups:');
  expect(bare).not.toContain('every 15s');
  expect(sectionOf(fakeRun('kill'))).toBe('');
});

test('a hostile title stays text, in the page and in the file', () => {
  const input = judged('errors', '<script>alert(1)</script> {{ .Evil }}\n  expr: up');
  expect(renderHtml(input)).not.toContain('<script>alert(1)');
  const { rule } = input.result.alert ?? {};
  expect(rule?.annotations.description).toContain('"<script>alert(1)</script> .Evil expr: up"');
});
