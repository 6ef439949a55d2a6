import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { RunResult } from '../model/verdict.ts';
import { folder } from './fixtures/folder.ts';
import { plan, signals } from './fixtures/run.ts';
import { readResult, resultSchema, writeResult } from './result-file.ts';

const measures: RunResult['measures'] = [
  { text: 'votes.fault.p95_ms', measured: { is: 'value', value: 12.5 }, unit: 'ms' },
  { text: 'backends.replaced_after_s', measured: { is: 'censored', over: 30 }, unit: 's' },
  { text: 'cluster.leader.changed_after_s', measured: { is: 'bounded', min: 1, max: 2 }, unit: 's' },
  { text: 'votes.availability', measured: { is: 'unknown', why: 'not observed' }, unit: '1' },
];

const alert: RunResult['alert'] = {
  advice: 'page',
  words: 'With a scrape every 15 s `VotesErrors` would have fired.',
  configured_s: 15,
  interval_s: 15,
  rule: {
    alert: 'VotesErrors',
    expr: 'sum(rate(x[1m])) > 0.02',
    for_s: 15,
    labels: { severity: 'critical' },
    annotations: { summary: 'votes fail', description: 'from a run' },
  },
  source: "the app's own metrics",
  replays: [
    {
      interval_s: 15,
      range_s: 60,
      for_s: 15,
      baseline: 'silent',
      evaluations: 3,
      fires: { is: 'bounded', min: 6, max: 24 },
      inTime: true,
    },
  ],
  felt_after_s: 0.4,
  others: [{ alert: 'VotesSlowP95', kind: 'symptom', why: 'too near to the baseline' }],
};

const slo: RunResult['slo'] = [
  {
    name: 'voting',
    signal: 'votes',
    objective_percent: 99.9,
    within_ms: 300,
    window_s: 2_592_000,
    shares: [
      {
        window: 'fault',
        good: { is: 'value', value: 80 },
        total: { is: 'bounded', min: 90, max: 100 },
        share: { is: 'bounded', min: 0.8, max: 1 },
      },
    ],
    burnRate: { is: 'value', value: 200 },
    spent: { is: 'value', value: 0.001 },
    goneAfter_s: { is: 'value', value: 12_960 },
    repeats: { is: 'value', value: 1_000 },
  },
];

const result: RunResult = {
  alert,
  slo,
  version: 1,
  run: '2026-11-20T160800-kill-7f3a',
  title: 'Kill one',
  question: 'Do voters notice?',
  verdict: 'deviated',
  summary: 'One prediction failed.',
  reasons: ['replaced: it took longer'],
  impact: 'both',
  windows: {
    run: { from: 0, to: 60e9 },
    baseline: { from: 0, to: 15e9 },
    fault: { from: 15e9, to: 20e9 },
    recovery: { from: 20e9, to: 60e9 },
    sinceFault: { from: 16e9, to: 60e9 },
    origin: 15e9,
  },
  abort: { t: 5, by: 'condition', text: 'votes.error_rate > 0.5' },
  injections: [
    {
      injection: {
        id: 'r.kill.1',
        run: 'r',
        entry: 'kill',
        fault: 'kubernetes.pod.delete',
        target: {
          kind: 'pod',
          name: 'pod/a',
          id: 'u',
          namespace: 'n',
          detail: { labels: { app: 'x' }, n: [1, null] },
        },
        params: { grace: '0s' },
        deadline_s: 60,
        lease_s: 30,
      },
      does: ['DELETE /api/v1/…'],
      undoes: [],
      instant: true,
      acting: 1,
      acted: 2,
      effective: 3,
      undoing: 4,
      undone: 5,
      recovered: 6,
      evidence: { effect: 'gone', recovery: '2 ready' },
      cutShort: 'the lease ran out',
      failed: 'refused',
    },
  ],
  steady: [
    {
      text: 'votes.availability >= 0.99',
      baseline: 'true',
      end: 'unknown',
      broken: [{ from_s: 1, to_s: 2 }],
      measures,
    },
  ],
  predictions: [
    { id: 'p', expect: 'x < 1', confidence: 0.8, verdict: 'failed', why: 'because', measures, brier: 0.64 },
  ],
  brier: 0.64,
  detection: [{ text: 'votes.p95_ms', after_s: 0.4, strength: 30, words: 'first' }],
  causes: [{ id: 'c', title: 'A cause', likelihood: 'likely', because: ['a'], against: [] }],
  measures,
  signals,
  observer: { ok: true, words: ['no missed sends'] },
};

test('a result is read as it was written, whole or not at all', () => {
  const directory = folder();
  expect(writeResult(directory, result)).toEqual({ ok: true, value: undefined });
  expect(readResult(directory)).toEqual({ ok: true, value: result });
  expect(readdirSync(directory)).toEqual(['result.json']);
  expect(writeResult(directory, { ...result, verdict: 'as-predicted' }).ok).toBe(true);
  expect(readResult(directory)).toMatchObject({ value: { verdict: 'as-predicted' } });
});

test('a result that is missing or broken is a Problem that says how to make it again', () => {
  const directory = folder();
  const problem = { code: 'recording-broken', fix: expect.stringContaining('aftershock judge') };
  expect(readResult(directory)).toMatchObject({ ok: false, problem });
  const text = JSON.stringify(result);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1 }), (at, wrong) => {
      writeFileSync(join(directory, 'result.json'), text.slice(0, at) + wrong);
      expect(readResult(directory)).toMatchObject({ ok: false, problem });
    }),
  );
});

test('a result that cannot be written is a Problem', () => {
  const directory = folder();
  mkdirSync(join(directory, 'result.json'));
  expect(writeResult(directory, result)).toMatchObject({
    ok: false,
    problem: { code: 'disk-full' },
  });
});

test('the JSON Schema of a result can be made, and knows every field', () => {
  const schema = z.toJSONSchema(resultSchema);
  expect(Object.keys(schema.properties ?? {}).sort()).toEqual(Object.keys(result).sort());
  expect(plan.version).toBe(result.version);
});
