import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './support/cli.ts';
import { labUp, type TestLab, votingSystem } from './support/lab.ts';
import { needs } from './support/needs.ts';

const experiment = `
title: A report under test
question: Is it readable on every screen?
system: system.yaml
steady: [ backends.ready.last == 2 ]
faults: [ { id: kill, fault: kubernetes.pod.delete, target: { deployment: poll-backend, pick: 1 }, with: { grace: 0s } } ]
predict: [ { id: replaced, expect: backends.replaced_after_s < 20, confidence: 0.9 } ]
timing: { baseline: 3s, watch: 3s, sliding: 2s, steady_for: 1s }
`;

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(!needs('chromium'))('the report of a real run, in Chromium', () => {
  let lab: TestLab;
  let browser: Browser;
  let page: string;

  beforeAll(async () => {
    lab = await labUp(31_280);
    const files = lab.files(experiment, votingSystem(lab.port));
    const runs = mkdtempSync(join(tmpdir(), 'aftershock-report-'));
    const { stdout, stderr } = await run(['run', files.experiment, '--runs', runs], { home: lab.home });
    const found = /Report: (\S+\.html)/.exec(stdout)?.[1];
    if (found === undefined) throw new Error(`no report: ${stdout}${stderr}`);
    page = pathToFileURL(found).href;
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args });
    return () => rmSync(runs, { recursive: true, force: true });
  });
  afterAll(async () => {
    await browser.close();
    await lab.down();
  });

  test.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [360, 'dark'],
  ] as const)(
    'at %i px, %s: nothing runs over the page, every chart is drawn, nothing is fetched',
    async (width, scheme) => {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme });
      const tab = await context.newPage();
      const asked: string[] = [];
      tab.on('request', (request) => asked.push(request.url()));
      await tab.goto(page);
      expect(asked.filter((url) => !url.startsWith('file:') && !url.startsWith('data:'))).toEqual([]);
      expect(await tab.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
      const charts = await tab.locator('svg[role=img]:visible').count();
      expect(charts).toBeGreaterThanOrEqual(4);
      for (const section of [
        'What we did',
        'What we expected',
        'What happened',
        'Recovery',
        'What we learnt',
      ]) {
        expect(await tab.getByRole('heading', { name: section }).count()).toBeGreaterThan(0);
      }
      const text = await tab.locator('main').textContent();
      expect(text).not.toMatch(/\bundefined\b|\bNaN\b|\[object/);
      const colour = (of: string) => tab.evaluate(`getComputedStyle(document.body).${of}`);
      expect(await colour('color')).not.toBe(await colour('backgroundColor'));
      await context.close();
    },
  );
});
