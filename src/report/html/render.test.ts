import { expect, test } from 'vitest';
import { hostile, hostileRun } from '../fake/fake-hostile.ts';
import { bareRun, notStartedRun } from '../fake/fake-odd.ts';
import { fakeRun } from '../fake/fake-run.ts';
import type { FakeKind } from '../fake/fake-series.ts';
import { renderHtml } from './render.ts';

const kinds: readonly FakeKind[] = ['kill', 'latency', 'errors', 'scale'];

/** The page's text as a reader sees it. */
const textOf = (html: string): string =>
  html.replace(/<style[\s\S]*?<\/style>/g, '').replace(/<[^>]*>/g, ' ');

const sections = [
  'What we did',
  'What we expected',
  'What happened',
  'Expected against actual',
  'Detection',
  'Recovery',
  'Data',
  'Monitoring',
  'Probable causes',
  'Before, during, after',
  'The observer’s own health',
  'What we learnt',
  'Do it again',
];

test.each(kinds)('a %s report has every section once, in order', (kind) => {
  const html = renderHtml(fakeRun(kind));
  expect([...html.matchAll(/<h2>(.*?)<\/h2>/g)].map((match) => match[1])).toEqual(sections);
});

test.each(kinds)('a %s report shows no value that is none', (kind) => {
  const html = renderHtml(fakeRun(kind));
  expect(textOf(html)).not.toMatch(/undefined|NaN|\bnull\b|\[object|Infinity/);
  expect(html).not.toMatch(/="[^"]*(?:NaN|undefined|Infinity)/);
});

test('runs without injection, without signals and without samples are reported as well', () => {
  for (const input of [notStartedRun(), bareRun()]) {
    const html = renderHtml(input);
    expect(textOf(html)).not.toMatch(/undefined|NaN|\bnull\b|\[object|Infinity/);
    expect(html).not.toMatch(/="[^"]*(?:NaN|undefined|Infinity)/);
    expect(html).toContain('Inconclusive');
  }
  expect(textOf(renderHtml(notStartedRun()))).toContain('votes.p95_ms was 900 ms in the baseline');
});

test('the four questions are answered near the top', () => {
  const html = renderHtml(fakeRun('kill'));
  const box = html.slice(html.indexOf('class="answers"'), html.indexOf('<h2>'));
  const text = textOf(box).replace(/\s+/g, ' ');
  expect(text).toContain('kubernetes.pod.delete on pod/poll-backend-7c9fd8b6c-x2x4q at 16:08:15.0 UTC');
  expect(text).toContain('91.2 % of votes succeeded while the fault lasted (15 failures)');
  expect(text).toContain('3.92 s after the first injection everything was steady');
  expect(text).toContain(
    'First: backends.ready +0.05 s. Strongest: votes.error_rate , rose from 0 % to 44 %.',
  );
});

test('the surprise stands first and the score beside it', () => {
  const html = renderHtml(fakeRun('kill'));
  const scored = html.slice(html.indexOf('id="scored"'), html.indexOf('id="detection"'));
  const order = ['barely-noticed', 'paged', 'back-to-normal', 'replaced'].map((id) =>
    scored.indexOf(`>${id}<`),
  );
  expect(order).toEqual(order.toSorted((a, b) => a - b));
  expect(order[0]).toBeGreaterThan(0);
  expect(textOf(scored)).toContain('80 %: a surprise');
  expect(textOf(scored)).toContain('score 0.64');
});

test('state tables mark what changed', () => {
  const html = renderHtml(fakeRun('kill'));
  const states = html.slice(html.indexOf('id="states"'), html.indexOf('id="observer"'));
  expect(states).toContain('<mark>Terminating, not ready</mark>');
  expect(states).toContain('<mark>not there</mark>');
  expect(states).toMatch(/<td[^>]*>Running, ready<\/td>/);
});

test('the page asks nothing of any network and runs no script', () => {
  const html = renderHtml(fakeRun('errors'));
  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<script|<link|<iframe|<img|@import|url\((?!#)|\son\w+=/i);
});

test('ids are unique and every reference finds its own', () => {
  const html = renderHtml(fakeRun('kill'));
  const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, of] of html.matchAll(/(?:href="#|url\(#)([^")]+)/g)) expect(ids).toContain(of);
});

test('a run of 60 s at 50/s stays under 1.5 MB', () => {
  for (const kind of kinds) expect(Buffer.byteLength(renderHtml(fakeRun(kind)))).toBeLessThan(1_500_000);
});

test('the same input always gives the same page', () => {
  expect(renderHtml(fakeRun('kill'))).toBe(renderHtml(fakeRun('kill')));
});

test('hostile text stays text', () => {
  const html = renderHtml(hostileRun());
  expect(html).not.toMatch(/<script|<img|onerror="|javascript:alert\(1\)"/i);
  expect(html).toContain('&lt;script&gt;');
  for (const char of hostile.never) expect(html).not.toContain(char);
  const tags = [...html.matchAll(/<\/?([a-zA-Z][\w-]*)/g)].map((match) => match[1] ?? '');
  expect(tags.filter((tag) => /script|img|iframe|object|embed|form|input/i.test(tag))).toEqual([]);
});
