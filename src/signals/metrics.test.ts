import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { environmentOf } from '../judge/expression/environment.ts';
import { serveHttp, serveRaw } from '../load/fake-servers.ts';
import type { RunningSignal } from '../model/contracts/signal.ts';
import { contextOf } from './fake-context.ts';
import { metrics } from './metrics.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';

const within = { timeout: 20_000, interval: 20 };
const never = new AbortController().signal;
const { world } = contextOf(fakeSink());

const series = { votes: 'votes_total', errors: 'requests_total{status=~"5.."}', memory: 'memory_bytes' };

let running: RunningSignal | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});

async function watch(url: string, more: object = {}): Promise<FakeSink> {
  const sink = fakeSink();
  const started = await metrics.start(
    contextOf(sink),
    metrics.config.parse({ url, every: '500ms', series, ...more }),
  );
  if (!started.ok) throw new Error(JSON.stringify(started.problem));
  running = started.value;
  return sink;
}

/** An endpoint that answers with a page, or as `act` likes. */
interface Endpoint {
  votes: number;
  act: RequestListener | undefined;
  page(): string;
}

async function endpoint(): Promise<Endpoint & AsyncDisposable & { url: string }> {
  const state: Endpoint = {
    votes: 100,
    act: undefined,
    page: () =>
      `# TYPE votes_total counter\nvotes_total{o="a"} ${state.votes}\n# TYPE requests_total counter\n# TYPE memory_bytes gauge\nmemory_bytes 5e6\n`,
  };
  const served = await serveHttp((request, response) => {
    if (state.act !== undefined) return state.act(request, response);
    return response.end(state.page());
  });
  return Object.assign(state, {
    url: `${served.url}metrics`,
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  });
}

const pointsOf = (sink: FakeSink, name: string) => sink.points.filter((point) => point.series === name);

test('gauges as they are, counters as rates with their total, each since the look before', async () => {
  await using one = await endpoint();
  const growing = setInterval(() => {
    one.votes += 1;
  }, 10);
  const sink = await watch(one.url);
  expect(sink.said).toEqual([{ is: 'observing' }]);
  await vi.waitFor(() => expect(pointsOf(sink, 'votes').length).toBeGreaterThan(4), within);
  clearInterval(growing);
  const [rates, totals] = [pointsOf(sink, 'votes'), pointsOf(sink, 'votes_total')];
  expect(totals[0]?.value).toBeGreaterThanOrEqual(100);
  expect(totals[0]?.since).toBeUndefined();
  for (const [index, { t, since, value }] of rates.entries()) {
    expect(since).toBe(totals[index]?.t);
    const added = Number(totals[index + 1]?.value) - Number(totals[index]?.value);
    expect(value).toBeCloseTo(added / ((t - (since ?? 0)) / 1e9), 6);
  }
  expect(pointsOf(sink, 'errors').every(({ value }) => value === 0)).toBe(true);
  expect(sink.last('memory')).toBe(5e6);
  expect(sink.events).toEqual([]);
});

test('a counter that begins anew is told, and its rate goes on from 0', async () => {
  await using one = await endpoint();
  const sink = await watch(one.url);
  one.votes = 7;
  await vi.waitFor(() => expect(sink.events).toHaveLength(1), within);
  expect(sink.events[0]).toMatchObject({
    type: 'reset',
    subject: `votes_total of ${new URL(one.url).host}`,
    detail: { series: 'votes', from: 100, to: 7 },
  });
  await vi.waitFor(() => expect(sink.last('votes_total')).toBe(107), within);
  expect(Math.max(...pointsOf(sink, 'votes').map(({ value }) => Number(value)))).toBeGreaterThan(5);
});

test.each<[string, RequestListener, string]>([
  ['an error', (_, response) => response.writeHead(503).end('not now'), 'HTTP 503: not now'],
  [
    'a redirect',
    (_, response) => response.writeHead(302, { location: '/login' }).end(),
    'HTTP 302 to /login',
  ],
  ['another page', (_, response) => response.end('<html>\n'), 'line 1 of the metrics is broken: `<html>`'],
  ['silence', () => undefined, 'no answer within 500 ms'],
  [
    'a page that breaks off',
    (_, response) => response.writeHead(200, { 'content-length': 99 }).write('a', () => response.destroy()),
    '',
  ],
  [
    'a metric of another kind',
    (_, response) => response.end('# TYPE votes_total gauge\nvotes_total 1\n'),
    'the series votes looks by its name like a counter, but the endpoint says that votes_total is a gauge',
  ],
])('%s is never zero: nothing is known, and why', async (_, act, why) => {
  await using one = await endpoint();
  const sink = await watch(one.url);
  one.act = act;
  await vi.waitFor(() => expect(sink.said.at(-1)).toMatchObject({ is: 'blind' }), within);
  expect(sink.said.at(-1)).toEqual({
    is: 'blind',
    why: expect.stringContaining(why),
    since: expect.any(Number),
  });
  for (const name of ['votes', 'votes_total', 'errors', 'memory']) expect(sink.last(name)).toBeNull();
  one.act = undefined;
  one.votes += 50;
  await vi.waitFor(() => expect(sink.said.at(-1)).toEqual({ is: 'observing' }), within);
  expect(sink.last('votes_total')).toBe(150);
  const after = pointsOf(sink, 'votes').find((_, index, all) => all[index - 1]?.value === null);
  expect(after?.since).toBeLessThan(pointsOf(sink, 'votes').find(({ value }) => value === null)?.t ?? 0);
});

test('a process that is gone', async () => {
  const one = await endpoint();
  const sink = await watch(one.url);
  await one[Symbol.asyncDispose]();
  await vi.waitFor(() => expect(sink.said.at(-1)).toMatchObject({ is: 'blind' }), within);
  expect(JSON.stringify(sink.said.at(-1))).toContain('ECONNREFUSED');
});

test('where it cannot be read at all it does not start', async () => {
  await using silent = await serveRaw(() => undefined);
  const parsed = metrics.config.parse({ url: silent.url, every: '100ms', series });
  const started = await metrics.start(contextOf(fakeSink()), parsed);
  expect(started).toMatchObject({
    ok: false,
    problem: { code: 'signal-failed', cause: 'no answer within 100 ms' },
  });
});

describe('the check', () => {
  const check = async (url: string, wanted: object) =>
    metrics.check?.(world, metrics.config.parse({ url, series: wanted }), never);

  test('all is well', async () => {
    await using one = await endpoint();
    expect(await check(one.url, series)).toEqual({ ok: true, value: undefined });
  });

  test.each([
    ['a name that is not there', { a: 'vote_total' }, /^name-unknown .* no metric `vote_total`/],
    ['a gauge without samples', { a: 'memory_bytes{x="y"}' }, /^name-unknown .* no sample that .*x="y"/],
    ['a counter that is none', { a: { counter: 'memory_bytes' } }, /^field-wrong .*memory_bytes is a gauge/],
    ['a gauge that is none', { a: { gauge: 'votes_total' } }, /^field-wrong .*votes_total is a counter/],
  ])('%s', async (_, wanted, said) => {
    await using one = await endpoint();
    const checked = await check(one.url, wanted);
    if (checked?.ok !== false) throw new Error('it was accepted');
    expect(`${checked.problem.code} ${checked.problem.message}`).toMatch(said);
    expect(checked.problem.fix).toContain('Write ');
  });

  test('a wrong name is shown with those like it; with absent: 0 it may come later', async () => {
    await using one = await endpoint();
    expect(await check(one.url, { a: 'vote_total' })).toMatchObject({
      problem: { expected: expect.stringMatching(/^votes_total, /) },
    });
    expect(await check(one.url, { a: { counter: 'vote_total', absent: 0 } })).toMatchObject({ ok: true });
  });

  test('processes behind a balancer are found out', async () => {
    await using one = await endpoint();
    let turn = 0;
    one.act = (_, response) => {
      turn += 1;
      response.end(`${one.page()}process_start_time_seconds ${1_700_000_000 + (turn % 2) / 10}\n`);
    };
    expect(await check(one.url, series)).toMatchObject({
      problem: { code: 'field-wrong', fix: expect.stringContaining('pods') },
    });
  });

  test('nobody there', async () => {
    expect(await check('http://127.0.0.1:31399/metrics', series)).toMatchObject({
      problem: { code: 'system-unreachable', cause: expect.stringContaining('ECONNREFUSED') },
    });
  });
});

test('every series can be named in an expression', () => {
  const descriptor = metrics.describe('app', metrics.config.parse({ url: 'http://x/', series }));
  const { cel } = environmentOf([descriptor]);
  const text =
    'app.votes.min > 1.0 && app.votes_total.last > 2.0 && app.memory.max < 3.0 && app.resets.reset.count == 0.0';
  expect(cel.check(text)).toMatchObject({ valid: true });
  expect(descriptor.interval_s).toBe(1);
  expect(descriptor.series.map(({ name, unit }) => [name, unit])).toEqual([
    ['votes', '1/s'],
    ['votes_total', '1'],
    ['errors', '1/s'],
    ['errors_total', '1'],
    ['memory', 'By'],
    ['resets', undefined],
  ]);
});

test.each([
  ['no source', { series }, 'url or pods'],
  ['two sources', { url: 'http://x/', pods: { selector: 'a=b', port: 1 }, series }, 'url or pods'],
  ['no series', { url: 'http://x/', series: {} }, 'at least one'],
  [
    'a selector that is none',
    { url: 'http://x/', series: { a: 'rate(x[1m])' } },
    'rate(x[1m])` is no selector',
  ],
  ['a name that means something else', { url: 'http://x/', series: { fault: 'x' } }, 'a meaning of its own'],
  [
    'a name that is taken by a total',
    { url: 'http://x/', series: { a: 'x_total', a_total: 'y' } },
    'the total of a already',
  ],
  ['a beat that is too fast', { url: 'http://x/', every: '10ms', series }, 'too small'],
  ['a combination of a counter', { url: 'http://x/', series: { a: { counter: 'x', by: 'max' } } }, ''],
])('%s is an error that says so', (_, config, said) => {
  const parsed = metrics.config.safeParse(config);
  expect(parsed.success).toBe(false);
  expect(JSON.stringify(parsed.error?.issues)).toContain(said);
});
