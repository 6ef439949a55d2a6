import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { environmentOf } from '../judge/expression/environment.ts';
import type { RunningSignal } from '../model/contracts/signal.ts';
import { ok } from '../model/result.ts';
import { type FakeApi, startFakeApi } from '../reach/kubernetes/fake-api.ts';
import { contextOf } from './fake-context.ts';
import { kubernetesUsage } from './kubernetes-usage.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';

const within = { timeout: 20_000, interval: 20 };
const never = new AbortController().signal;

/** What the API knows. */
let pods: { name: string; limit?: string; deletionTimestamp?: string; startTime?: string }[];
let used: { name: string; cpu: string; at_ms: number }[];
let refusal: number | undefined;
let fake: FakeApi;
let sink: FakeSink;
let running: RunningSignal | undefined;

beforeEach(async () => {
  [pods, used, refusal] = [
    [{ name: 'a', limit: '200m' }],
    [{ name: 'a', cpu: '100m', at_ms: Date.now() - 1_000 }],
    undefined,
  ];
  fake = await startFakeApi(answer);
  sink = fakeSink();
});

afterEach(async () => {
  await running?.stop();
  running = undefined;
  await fake.stop();
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { pathname } = new URL(request.url ?? '', 'http://x');
  const isUsage = pathname.startsWith('/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods');
  if (isUsage && refusal !== undefined) response.statusCode = refusal;
  response.end(JSON.stringify(isUsage ? usages() : othersAt(pathname)));
}

const usages = (): object =>
  refusal === undefined
    ? { items: used.map(usageJson) }
    : { kind: 'Status', reason: 'Whatever', message: 'not now' };

function othersAt(pathname: string): object {
  if (pathname.includes('selfsubjectaccessreviews')) return { status: { allowed: true } };
  return pathname === '/api/v1/namespaces/shop/pods' ? { items: pods.map(podJson) } : {};
}

const usageJson = ({ name, cpu, at_ms }: (typeof used)[number]) => ({
  metadata: { name },
  timestamp: new Date(at_ms).toISOString(),
  window: '15s',
  containers: [{ name: 'web', usage: { cpu, memory: '1Mi' } }],
});

const podJson = ({ name, limit, deletionTimestamp, startTime }: (typeof pods)[number]) => ({
  metadata: { name, uid: name, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  spec: { containers: [{ name: 'web', resources: { limits: { cpu: limit } } }] },
  status: { phase: 'Running', startTime },
});

const context = () => ({
  ...contextOf(sink),
  world: { ...contextOf(sink).world, kubernetes: () => ok(fake.api) },
});

async function watch(): Promise<void> {
  const started = await kubernetesUsage.start(context(), { selector: 'app=web', every: 0.5 });
  if (!started.ok) throw new Error(JSON.stringify(started.problem));
  running = started.value;
}

const cpu = () => sink.points.filter(({ series }) => series === 'cpu_m');

test('one point for each new window, which begins with it', async () => {
  await watch();
  expect(sink.said).toEqual([{ is: 'observing' }]);
  expect(sink.last('cpu_limit_percent')).toBe(50);
  expect(sink.last('memory_limit_percent')).toBeNull();
  used = [{ name: 'a', cpu: '150m', at_ms: Date.now() }];
  await vi.waitFor(() => expect(sink.last('cpu_m')).toBe(150), within);
  expect(cpu().map(({ value }) => value)).toEqual([100, 150]);
  // The window of 15 s began before our clock did.
  expect(cpu().map(({ since }) => since)).toEqual([0, 0]);
});

test('pods that come and go, and figures that outlive their pod', async () => {
  await watch();
  pods = [{ name: 'a' }, { name: 'b' }];
  used = [
    ...used,
    { name: 'b', cpu: '10m', at_ms: Date.now() },
    { name: 'gone', cpu: '1', at_ms: Date.now() },
  ];
  await vi.waitFor(() => expect(sink.last('pods')).toBe(2), within);
  expect([sink.last('cpu_m'), sink.last('cpu_mean_m'), sink.last('cpu_max_m')]).toEqual([110, 55, 100]);
  pods = [{ name: 'a' }, { name: 'b', deletionTimestamp: new Date().toISOString() }];
  used = used.map((one) => (one.name === 'b' ? { ...one, at_ms: Date.now() - 300_000 } : one));
  await vi.waitFor(() => expect(sink.last('pods')).toBe(1), within);
  [pods, used] = [[], []];
  await vi.waitFor(() => expect(sink.last('pods')).toBe(0), within);
  expect(sink.last('cpu_m')).toBeNull();
  expect(sink.said).toEqual([{ is: 'observing' }]);
});

test('an API that fails, figures that are old, and pods without any are never zero', async () => {
  await watch();
  const blind = async (why: string): Promise<void> => {
    await vi.waitFor(
      () => expect(sink.said.at(-1)).toMatchObject({ is: 'blind', why: expect.stringContaining(why) }),
      within,
    );
    expect(sink.last('cpu_m')).toBeNull();
  };
  const sees = async (): Promise<void> => {
    await vi.waitFor(() => expect(sink.said.at(-1)).toEqual({ is: 'observing' }), within);
    expect(sink.last('cpu_m')).toBe(100);
  };
  refusal = 503;
  await blind('what the pods use cannot be read: not now');
  refusal = undefined;
  await sees();
  const before = used;
  used = [{ name: 'a', cpu: '100m', at_ms: Date.now() - 60_000 }];
  await blind('the figures of pod/a are 6');
  used = before;
  await sees();
  used = [];
  await blind('there are no figures of app=web yet');
});

test('a pod without figures yet makes sums and maxima unknown, and all once it should have some', async () => {
  await watch();
  const at = (ago_s: number): string => new Date(Date.now() - 1_000 * ago_s).toISOString();
  pods = [{ name: 'a' }, { name: 'young', startTime: at(5) }];
  used = [{ name: 'a', cpu: '120m', at_ms: Date.now() }];
  await vi.waitFor(() => expect(sink.last('cpu_mean_m')).toBe(120), within);
  for (const name of ['cpu_m', 'cpu_max_m', 'memory_max_mb', 'cpu_limit_percent', 'memory_limit_percent'])
    expect([name, sink.last(name)]).toEqual([name, null]);
  pods = [{ name: 'a' }, { name: 'old', startTime: at(90) }];
  await vi.waitFor(
    () => expect(sink.said.at(-1)).toMatchObject({ is: 'blind', why: expect.stringContaining('pod/old') }),
    within,
  );
  expect(sink.last('cpu_max_m')).toBeNull();
  used = [...used, { name: 'old', cpu: '10m', at_ms: Date.now() }];
  await vi.waitFor(() => expect(sink.last('cpu_m')).toBe(130), within);
  expect(sink.said.at(-1)).toEqual({ is: 'observing' });
});

test('check: a cluster without the API says what to install; one that refuses says so', async () => {
  const check = () => kubernetesUsage.check?.(context().world, { selector: 'app=web' }, never);
  expect(await check()).toEqual({ ok: true, value: undefined });
  refusal = 404;
  expect(await check()).toMatchObject({
    problem: { code: 'target-missing', fix: expect.stringContaining('metrics-server/releases') },
  });
  refusal = 503;
  expect(await check()).toMatchObject({
    problem: { code: 'system-unreachable', cause: expect.stringContaining('not now') },
  });
  refusal = undefined;
  pods = [];
  expect(await check()).toMatchObject({ problem: { code: 'target-missing', found: 'app=web' } });
});

test('every series can be named in an expression', () => {
  const descriptor = kubernetesUsage.describe('usage', { selector: 'a=b' });
  const { cel } = environmentOf([descriptor]);
  for (const { name } of descriptor.series)
    expect(cel.check(`usage.${name}.max < 1.0`)).toMatchObject({ valid: true });
});
