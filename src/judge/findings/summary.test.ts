import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { SignalDescriptor } from '../../model/series.ts';
import type { RunResult } from '../../model/verdict.ts';
import { fakeSignals } from '../expression/fake-environment.ts';
import { fakeExperiment, fakeInjection, fakeTimeline } from '../fake-run.ts';
import { fakeLoad, fakeSamples } from '../fake-samples.ts';
import { judge } from '../judge.ts';

/** `votes` with a ledger. */
const signals: SignalDescriptor[] = fakeSignals
  .filter(({ name }) => name === 'votes')
  .map((signal) => ({
    ...signal,
    series: [...signal.series, { name: 'ledger', family: 'events', summary: '', types: ['read', 'unread'] }],
    derived: [{ by: 'http-ledger', measure: 'lost', type: 'number', summary: '' }],
  }));

const counts = {
  acked: 950,
  stored: 948,
  lost: 2,
  duplicated: 0,
  uncertain: 50,
  uncertain_stored: 0,
  unsent: 0,
};

/** 20 s at 50/s, of which one second failed. */
function judged(of: {
  detail?: JsonObject;
  type?: string;
  predict?: Parameters<typeof fakeExperiment>[0]['predict'];
  breaks?: boolean;
}): RunResult {
  const kill = fakeInjection({ acting: 10, effective: 10.2, undone: 11, recovered: 11 });
  return judge({
    experiment: fakeExperiment({ faults: of.breaks === true ? ['kill'] : [], predict: of.predict ?? [] }),
    timeline: fakeTimeline({ injections: of.breaks === true ? [kill] : [], end_s: 20 }),
    signals: of.detail === undefined ? fakeSignals.filter(({ name }) => name === 'votes') : signals,
    samples: fakeSamples({
      end: 20e9,
      operations: {
        'votes.requests': [
          ...fakeLoad({ from_s: 0, to_s: 12, rate_per_s: 50, latency_ms: 5 }),
          ...fakeLoad({ from_s: 12, to_s: 13, rate_per_s: 50, latency_ms: 1, kind: 'refused' }),
          ...fakeLoad({ from_s: 13, to_s: 20, rate_per_s: 50, latency_ms: 5 }),
        ],
      },
      ...(of.detail === undefined
        ? {}
        : {
            events: {
              'votes.ledger': [{ t: 19.9e9, type: of.type ?? 'read', subject: '', detail: of.detail }],
            },
          }),
    }),
  });
}

test('a run that breaks nothing tells what its load came to, and claims nothing else', () => {
  const { verdict, summary } = judged({});
  expect(verdict).toBe('as-predicted');
  expect(summary).toBe(
    'votes: 95 % succeeded in the whole run, p95 5 ms, the longest outage 1 s. Nothing was broken and nothing predicted: this run only measured.',
  );
});

test('its prediction can fail', () => {
  const { verdict, summary } = judged({ predict: [['good', 'votes.availability >= 0.99', 0.9]] });
  expect(verdict).toBe('deviated');
  expect(summary).toMatch(/^Not as predicted: good failed .* votes: 95 % succeeded .* Nothing was broken\.$/);
});

test.each([
  ['lost', counts, '2 of 950 acknowledged votes are lost.'],
  ['none', { ...counts, lost: 0 }, 'None of 950 acknowledged votes is lost.'],
  ['twice', { ...counts, lost: 0, duplicated: 3 }, 'is lost. 3 are stored more than once.'],
  ['unread', { why: '503' }, 'Whether acknowledged votes were lost is not known.'],
])('writes are told of: %s', (type, detail, words) => {
  const kind = type === 'unread' ? 'unread' : 'read';
  for (const breaks of [true, false]) expect(judged({ detail, type: kind, breaks }).summary).toContain(words);
});
