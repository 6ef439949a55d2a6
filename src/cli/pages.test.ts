import { expect, test } from 'vitest';
import { faultPage, signalPage } from './pages.ts';
import { registries } from './registries.ts';
import { type Page, pageText } from './view/page.ts';

const signals = registries.signals.map((signal) => [signal.kind, signal] as const);
const pages: [string, Page][] = [
  ...signals.map(([kind, signal]): [string, Page] => [kind, signalPage(signal)]),
  ...registries.faults.map((fault): [string, Page] => [fault.name, faultPage(fault)]),
];

test.each(signals)('the page of %s shows each measure in PromQL, or says why not', (_, signal) => {
  const { sections } = signalPage(signal);
  const titled = (title: string) => sections.find((one) => one.title.startsWith(title))?.lines ?? [];
  const queries = titled('In PromQL');
  expect(queries.length + titled('Not in PromQL').length).toBeGreaterThan(0);
  for (const [name, query, ...others] of queries) {
    expect(name).toMatch(/^[\w.]+$/);
    expect(query).toMatch(/^\S.*[)\]}\d\w]$/);
    expect(others).toEqual([]);
  }
  for (const line of titled('Not in PromQL'))
    expect(line).toMatch(/^[\w.]+( of every type)?(, [\w.]+( of every type)?)*: \S.{15,}/);
});

test('measures of every type of event are said once', () => {
  const events = registries.signals.find(({ kind }) => kind === 'kubernetes.events');
  const section = events && signalPage(events).sections.find(({ title }) => title === 'Not in PromQL');
  expect(section?.lines).toEqual([
    'warnings.count, TYPE.count of every type: kube-state-metrics counts no events; that needs an exporter of them',
  ]);
});

test.each(pages)('the page of %s fits terminals of 80 and of 100 columns, and loses no word', (_, page) => {
  const wordsOf = (text: string): string => text.split(/\s+/).join(' ');
  const copied = new Set(page.sections.flatMap(({ asItIs, lines }) => (asItIs ? lines.flat() : [])));
  for (const columns of [80, 100]) {
    const text = pageText(page, columns);
    for (const { lines } of page.sections)
      for (const cell of lines.flat()) for (const word of cell.split(/\s+/)) expect(text).toContain(word);
    const tooLong = text.split('\n').filter((line) => line.length > columns && !copied.has(line.slice(2)));
    // What is too long for a line is one word: a part of a query.
    expect(tooLong.filter((line) => wordsOf(line.trim()).includes(' '))).toEqual([]);
  }
});
