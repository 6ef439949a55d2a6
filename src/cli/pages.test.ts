import { expect, test } from 'vitest';
import { signalPage } from './pages.ts';
import { registries } from './registries.ts';

test.each(registries.signals.map((signal) => [signal.kind, signal] as const))(
  'the page of %s shows each measure in PromQL, or says why not',
  (_, signal) => {
    const { sections } = signalPage(signal);
    const titled = (title: string): readonly string[] =>
      sections.find((one) => one.title.startsWith(title))?.lines ?? [];
    const queries = titled('In PromQL');
    expect(queries.length + titled('Not in PromQL').length).toBeGreaterThan(0);
    for (const line of queries) expect(line).toMatch(/^[\w.]+ {2,}\S.*[)\]}\d\w]$/);
    for (const line of titled('Not in PromQL')) expect(line).toMatch(/^[\w.]+(, [\w.]+)* {2}\S.{15,}/);
  },
);
