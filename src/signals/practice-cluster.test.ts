import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { LabUp } from '../labs/lab.ts';
import { pollApp } from '../labs/poll-app/lab.ts';
import type { AnySignal, RunningSignal } from '../model/contracts/signal.ts';
import type { World } from '../model/contracts/world.ts';
import { ok } from '../model/result.ts';
import { connectKubernetes } from '../reach/kubernetes/connect.ts';
import { nameOf, objectsAt } from '../reach/kubernetes/fields.ts';
import { pathOf, resources } from '../reach/kubernetes/paths.ts';
import { contextOf } from './fake-context.ts';
import { kubernetesEvents } from './kubernetes-events.ts';
import { kubernetesUsage } from './kubernetes-usage.ts';
import { metrics } from './metrics.ts';
import { type FakeSink, fakeSink } from './pods/fake-sink.ts';

const PORT = 31_320;
const SELECTOR = 'app=poll-backend';
const within = { timeout: 30_000, interval: 50 };
const never = new AbortController().signal;

let home: string;
let lab: LabUp & { namespace: string };
let world: World;
const running: RunningSignal[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'aftershock-signals-'));
  const up = await pollApp.up({ home, port: PORT }, never);
  if (!up.ok) throw new Error(up.problem.message);
  const { kubeconfig = '', namespace = '' } = up.value;
  lab = { ...up.value, namespace };
  const api = await connectKubernetes({ kubeconfig, namespace });
  if (!api.ok) throw new Error(api.problem.message);
  world = { ...contextOf(fakeSink()).world, kubernetes: () => ok(api.value) };
});

afterAll(async () => {
  await Promise.all(running.map((one) => one.stop()));
  await pollApp.down({ home, port: PORT });
  rmSync(home, { recursive: true, force: true });
});

async function watch(signal: AnySignal, given: object): Promise<FakeSink> {
  const config = signal.config.parse(given);
  expect(await signal.check?.(world, config, never)).toEqual({ ok: true, value: undefined });
  const sink = fakeSink();
  const started = await signal.start({ ...contextOf(sink), world }, config);
  if (!started.ok) throw new Error(JSON.stringify(started.problem));
  running.push(started.value);
  return sink;
}

async function vote(times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    const body = JSON.stringify({ option: 'Rust' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${lab.url}/api/polls/default/vote`, { method: 'POST', headers, body });
    expect(answer.ok).toBe(true);
  }
}

async function deletePod(): Promise<string> {
  const api = world.kubernetes();
  if (!api.ok) throw new Error(api.problem.message);
  const of = { namespace: lab.namespace };
  const query = { labelSelector: SELECTOR };
  const listed = await api.value.request({ method: 'GET', path: pathOf(resources.pods, of), query }, never);
  const name = nameOf(listed.ok ? objectsAt(listed.value, 'items')[0] : undefined);
  await api.value.request({ method: 'DELETE', path: pathOf(resources.pods, { ...of, name }) }, never);
  return name;
}

test('metrics, events and usage of the practice cluster, while one of its pods is deleted', async () => {
  const [counted, happened, used] = await Promise.all([
    watch(metrics, {
      pods: { selector: SELECTOR, port: 'http' },
      series: { votes: 'votes_total', memory: { gauge: 'process_resident_memory_bytes', by: 'max' } },
    }),
    watch(kubernetesEvents, { name: 'poll-backend' }),
    watch(kubernetesUsage, { selector: SELECTOR }),
  ]);
  await vote(30);
  await vi.waitFor(() => expect(counted.last('votes_total')).toBe(30), within);
  expect(used.last('pods')).toBe(2);
  expect(used.last('memory_mb')).toBeGreaterThan(20);
  expect(used.last('memory_limit_percent')).toBeGreaterThan(1);

  const name = await deletePod();
  await vi.waitFor(
    () => expect(happened.story()).toEqual(expect.arrayContaining([`Killing pod/${name}`])),
    within,
  );
  await vi.waitFor(
    () =>
      expect(happened.events.map(({ type }) => type)).toEqual(
        expect.arrayContaining(['SuccessfulCreate', 'Scheduled', 'Started']),
      ),
    within,
  );
  expect(happened.events.every(({ foreign_t }) => Math.abs((foreign_t ?? 0) - Date.now() / 1_000) < 60)).toBe(
    true,
  );
  await vi.waitFor(() => expect(used.last('pods')).toBe(2), within);
  await vote(30);
  // Neither the pod that went nor the one that came makes the total fall.
  await vi.waitFor(() => expect(counted.last('votes_total')).toBe(60), within);
  expect(counted.events).toEqual([]);
  expect(happened.said).toEqual([{ is: 'observing' }]);
});
