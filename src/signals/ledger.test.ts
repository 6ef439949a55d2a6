import { expect, test } from 'vitest';
import { until } from '../load/fake-servers.ts';
import { serveStore, type Treatment } from '../load/ledger/fake-store.ts';
import type { JsonObject } from '../model/json.ts';
import type { Operation } from '../model/series.ts';
import { contextOf } from './fake-context.ts';
import { http } from './http.ts';
import { fakeSink } from './pods/fake-sink.ts';

type Store = Awaited<ReturnType<typeof serveStore>>;

/** Sends at least `count` writes and ends; gives what was recorded of the ledger, and every operation. */
async function runOn(store: Store, given: { config?: object; count?: number; timeout_ms?: number } = {}) {
  const rows: Operation[] = [];
  const sink = fakeSink();
  sink.operations = (_, more) => void rows.push(...more);
  const config = http.config.parse({
    url: store.url,
    json: {},
    ledger: store.ledger,
    ...given.config,
  });
  const context = contextOf(sink, 100);
  context.options.timeout_ms = given.timeout_ms ?? 2_000;
  const started = await http.start(context, config);
  if (!started.ok) throw new TypeError(started.problem.message);
  await until(() => rows.length >= (given.count ?? 40));
  await started.value.stop();
  const events = sink.events.map(({ type, detail }) => ({ type, ...detail }) as JsonObject);
  return { rows, events, last: sink.events.at(-1), end: context.clock.now() };
}

test('all acknowledged writes are there, page by page', async () => {
  await using store = await serveStore(() => 'keep');
  const { rows, events } = await runOn(store);
  const acked = rows.filter(({ kind }) => kind === 'ok').length;
  expect(acked).toBe(rows.length);
  const none = { lost: 0, duplicated: 0, uncertain: 0, uncertain_stored: 0, unsent: 0 };
  expect(events).toEqual([{ type: 'read', acked, stored: acked, ...none }]);
  expect(store.reads.length).toBe(Math.ceil(acked / 10));
  expect(new Set(store.ids).size).toBe(acked);
  expect(store.ids[3]).toMatch(/^[0-9a-f]{8}-3$/);
});

test('lost, duplicated and uncertain ones are told apart, the lost with the time of their acknowledgement', async () => {
  const fates: Record<number, Treatment> = { 3: 'forget', 5: 'twice', 7: 'fail', 8: 'keep-and-fail' };
  await using store = await serveStore((nth) => fates[nth] ?? 'keep');
  const { rows, last } = await runOn(store);
  expect(last?.type).toBe('read');
  expect(last?.detail).toMatchObject({
    acked: rows.length - 2,
    stored: rows.length - 2,
    lost: 1,
    duplicated: 1,
    uncertain: 2,
    uncertain_stored: 1,
  });
  const ordered = rows.toSorted((a, b) => a.intended - b.intended);
  const lost = last?.detail['lost_ones'] as { id: string; t: number }[];
  const index = Number(lost[0]?.id.split('-')[1]);
  expect(store.written[3]?.header).toBe(lost[0]?.id);
  expect(lost[0]?.t).toBe(ordered[index]?.done);
  expect(last?.detail['duplicated_ones']).toMatchObject([{ id: store.written[5]?.header, stored: 2 }]);
});

test('a write that timed out is uncertain, also where it was stored', async () => {
  await using store = await serveStore((nth) => (nth === 2 ? 'silent' : 'keep'));
  const { last } = await runOn(store, { timeout_ms: 500 });
  expect(last?.detail).toMatchObject({ uncertain: 1, uncertain_stored: 1, lost: 0 });
});

test('the id may stand in the body instead', async () => {
  await using store = await serveStore(() => 'keep');
  const json = { vote: { id: { id: true }, option: { pick: ['Rust'] } } };
  const { last, rows } = await runOn(store, { config: { json } });
  expect(last?.detail).toMatchObject({ acked: rows.length, lost: 0 });
  expect(store.written[0]).toMatchObject({ header: undefined });
  expect(JSON.parse(store.written[4]?.body ?? '')).toEqual({ vote: { id: store.ids[4], option: 'Rust' } });
});

test('what a replica shows a moment later is not lost', async () => {
  await using store = await serveStore(() => 'keep');
  let reads = 0;
  store.answering((response) => {
    reads += 1;
    if (reads > 1) return false;
    response.end('{"data":{"votes":[]}}');
    return true;
  });
  const { last } = await runOn(store);
  expect(last?.detail).toMatchObject({ lost: 0 });
});

test('a read-back that fails says so, and nothing is claimed', async () => {
  await using store = await serveStore(() => 'keep');
  store.answering((response) => {
    response.writeHead(503).end('no backend');
    return true;
  });
  const { events } = await runOn(store, { config: { ledger: { ...store.ledger, within: '1s' } } });
  expect(events.length).toBe(1);
  expect(events[0]).toMatchObject({ type: 'unread', why: expect.stringContaining('503 no backend') });
});

test('its settings are checked against what is answered before the run; no answer is no fault of theirs', async () => {
  const store = await serveStore(() => 'keep');
  const config = http.config.parse({ url: store.url, body: 'x', ledger: { ...store.ledger, list: 'votes' } });
  const context = contextOf(fakeSink());
  const checked = await http.check?.(context.world, config, context.signal);
  expect(checked).toMatchObject({ ok: false, problem: { code: 'field-wrong' } });
  expect(checked?.ok === false && checked.problem.message).toContain('no list at `votes`');
  await store[Symbol.asyncDispose]();
  expect(await http.check?.(context.world, config, context.signal)).toMatchObject({ ok: true });
});

test('only with a ledger its measures can be named', () => {
  const plain = http.config.parse({ url: 'http://x/' });
  const kept = http.config.parse({ url: 'http://x/', ledger: { read: 'http://x/' } });
  expect(http.describe('votes', plain).derived).toEqual([]);
  const names = http.describe('votes', kept).derived.map(({ measure }) => measure);
  expect(names).toEqual(['acked', 'lost', 'duplicated', 'uncertain']);
});
