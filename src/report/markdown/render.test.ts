import { expect, test } from 'vitest';
import { hostile, hostileRun } from '../fake/fake-hostile.ts';
import { bareRun, notStartedRun } from '../fake/fake-odd.ts';
import { fakeRun } from '../fake/fake-run.ts';
import { renderMarkdown } from './render.ts';

test('every picture that the text names is there, and every one that is there is named', () => {
  const { markdown, charts } = renderMarkdown(fakeRun('kill'));
  const named = [...markdown.matchAll(/\]\(charts\/([\w-]+)\.svg\)/g)].map((match) => match[1] ?? '');
  expect(named.toSorted()).toEqual(charts.map((chart) => chart.name).toSorted());
  expect(named).toEqual(
    expect.arrayContaining(['overview', 'votes-rate', 'votes-latency', 'votes-errors', 'backends-counts']),
  );
});

test('pictures stand alone: own ground, title, no variables, no hover', () => {
  for (const { svg } of renderMarkdown(fakeRun('latency')).charts) {
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 880 \d+" width="880"/);
    expect(svg).toContain('fill="#ffffff"');
    expect(svg).not.toMatch(/var\(--|#fade|<style|ecmeta|NaN|undefined/);
    expect(svg).toContain('role="img" aria-label="');
  }
});

test('tables have as many cells in each row as in their head', () => {
  for (const input of [fakeRun('kill'), hostileRun(), notStartedRun(), bareRun()]) {
    const { markdown } = renderMarkdown(input);
    let columns = 0;
    for (const line of markdown.split('\n')) {
      if (!line.startsWith('|')) columns = 0;
      else {
        const cells = line.replace(/\\[\\|]/g, '').split('|').length;
        if (columns === 0) columns = cells;
        expect(cells, line).toBe(columns);
      }
    }
  }
});

test('no value that is none', () => {
  for (const input of [fakeRun('kill'), fakeRun('scale'), notStartedRun(), bareRun()])
    expect(renderMarkdown(input).markdown).not.toMatch(/undefined|NaN|\bnull\b|\[object|Infinity/);
});

test('the same content as the page: verdict, predictions, timeline, command', () => {
  const { markdown } = renderMarkdown(fakeRun('errors'));
  expect(markdown).toContain('> ## 🟠 Deviated');
  expect(markdown).toContain('At least 99 % of votes succeed');
  expect(markdown).toContain('| +0.00 s | 16:08:15.0 | ▼ | **Inject** `kubernetes.deployment.env`');
  expect(markdown).toContain(
    'aftershock run experiments/errors.yaml --system systems/poll-app.yaml --seed 7f3a91',
  );
});

test('hostile text can neither open a tag nor end a fence nor leave its cell', () => {
  const { learnt: _, ...input } = hostileRun();
  const { markdown } = renderMarkdown(input);
  for (const char of hostile.never) expect(markdown).not.toContain(char);
  const outside = markdown.replace(/(`{3,})text\n[\s\S]*?\n\1/g, '').replace(/(?<!\\)`[^`\n]*`/g, '');
  expect(outside).not.toMatch(/<script|<img/i);
  expect(outside).not.toMatch(/(?<!\\)\]\(javascript/);
  expect(markdown.match(/<details>/g)?.length).toBe(markdown.match(/<\/details>/g)?.length);
});
