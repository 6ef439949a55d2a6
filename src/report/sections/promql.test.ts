import { expect, test } from 'vitest';
import type { Block } from '../document/blocks.ts';
import { bareRun } from '../fake/fake-odd.ts';
import { fakeRun } from '../fake/fake-run.ts';
import { renderHtml } from '../html/render.ts';
import { viewOf } from '../view.ts';
import { promqlBlocks } from './promql.ts';

const rowsOf = (blocks: readonly Block[]): string[][] =>
  blocks
    .flatMap((block) => (block.is === 'details' ? block.blocks : [block]))
    .flatMap((block) => (block.is === 'table' ? block.table.rows : []))
    .map((row) =>
      row.map((text) =>
        typeof text === 'string'
          ? text
          : text.map((one) => (typeof one === 'string' ? one : 'text' in one ? one.text : '; ')).join(''),
      ),
    );

test('every measure that predictions and steady name is there once, over its window and for its end', () => {
  const rows = rowsOf(promqlBlocks(viewOf(fakeRun('latency'))));
  expect(rows.map(([name]) => name)).toEqual([
    'recovered_after_s',
    'votes.availability',
    'backends.replaced_after_s',
    'votes.max_ms',
    'votes.failed',
    'votes.p95_ms',
    'backends.ready.last',
  ]);
  const row = (name: string): string[] => rows.find(([first]) => first === name) ?? [];
  expect(row('votes.p95_ms').slice(1)).toEqual([
    '1000 * histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="poll-app"}[30s]))); the server measures its own time, not the wait before it; exact only at the bounds of its buckets',
    '16:08:45.0',
  ]);
  expect(row('backends.ready.last')[1]).toContain(
    'sum(kube_pod_status_ready{namespace="poll-app",pod=~"poll-backend-.+",condition="true"})',
  );
  // A time is looked for until the end of the run.
  expect(row('backends.replaced_after_s')[1]).toContain('deployment="poll-backend"})[1m:1s])');
  expect(row('recovered_after_s')[1]).toMatch(/^none: /);
});

test('it stands beside the table of predictions; where nothing was predicted there is none', () => {
  const page = renderHtml(fakeRun('kill'));
  const scored = page.slice(page.indexOf('<section id="scored">'), page.indexOf('<section id="detection">'));
  expect(scored).toContain('<summary>The same in PromQL</summary>');
  expect(promqlBlocks(viewOf(bareRun()))).toEqual([]);
});
