import { expect, test } from 'vitest';
import { markMeanings, markRules } from './charts/health.ts';
import { labelRules } from './charts/labels.ts';
import { fakeRun } from './fake/fake-run.ts';
import { renderHtml } from './html/render.ts';
import { renderMarkdown } from './markdown/render.ts';
import { readingPage } from './reading.ts';

test('the page and the help in each report give the same rules', () => {
  const help = renderMarkdown(fakeRun('kill')).markdown;
  for (const [what, means] of [...markRules, ...markMeanings, ...labelRules]) {
    expect(readingPage()).toContain(`**${what}:** ${means}.`);
    expect(help).toContain(`**${what}**: ${means}.`);
  }
});

test('every mark stands at its chart and in a table with its reason, worst first', () => {
  const { markdown } = renderMarkdown(fakeRun('errors'));
  expect(markdown).toContain('#### votes: errors (🔴 critical)');
  expect(markdown).toContain('#### votes: latency (🟢 healthy)');
  const rows = markdown.split('\n').filter((line) => /^\| \*\*(critical|warning|healthy)\*\* \|/.test(line));
  expect(
    rows.map((row) =>
      row
        .split('|')
        .slice(1, 3)
        .map((cell) => cell.trim()),
    ),
  ).toEqual([
    ['**critical**', 'votes: sent, answered, succeeded'],
    ['**critical**', 'votes: errors'],
    ['**warning**', 'backends: ready, running, pending and terminating'],
    ['**healthy**', 'votes: latency'],
  ]);
  const page = renderHtml(fakeRun('errors'));
  expect(page.match(/<span class="mark critical">critical<\/span>/g)).toHaveLength(2);
  expect(page).toContain('<span class="badge bad">critical</span>');
});
