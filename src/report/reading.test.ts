import { expect, test } from 'vitest';
import { markRules } from './charts/health.ts';
import { fakeRun } from './fake/fake-run.ts';
import { renderMarkdown } from './markdown/render.ts';
import { readingPage } from './reading.ts';

test('the page and the help in each report give the same rules', () => {
  const help = renderMarkdown(fakeRun('kill')).markdown;
  for (const [chart, rule] of markRules) {
    expect(readingPage()).toContain(`**${chart}:** ${rule}.`);
    expect(help).toContain(`**${chart}**: ${rule}.`);
  }
});
