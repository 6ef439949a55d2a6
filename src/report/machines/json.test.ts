import { expect, test } from 'vitest';
import { censored } from '../../model/measure.ts';
import { everyRun } from '../fake/fake-all.ts';
import { hostile, hostileRun } from '../fake/fake-hostile.ts';
import { metricsRun } from '../fake/fake-metrics.ts';
import { bareRun, notStartedRun } from '../fake/fake-odd.ts';
import { fakeRun } from '../fake/fake-run.ts';
import { reportJson, reportSchema } from './json.ts';

test.each(Object.entries(everyRun))('%s: is as its schema says, also after JSON', (_, input) => {
  const report = reportJson(input);
  const read: unknown = JSON.parse(JSON.stringify(report));
  expect(reportSchema.strict().safeParse(read).error?.issues).toBeUndefined();
  expect(read).toEqual(report);
  expect(report.summary.total_events).toBe(report.events.length);
  const times = report.events.map((one) => one.t_s);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test('a killed pod is told whole, with what a poll once a second cannot see', () => {
  const { events, summary } = reportJson(fakeRun('kill'));
  const [old, fresh] = ['pod/poll-backend-7c9fd8b6c-x2x4q', 'pod/poll-backend-7c9fd8b6c-m4r7p'];
  expect(events.map(({ type, message }) => `${type}: ${message}`)).toEqual([
    `chosen: Chaos started: ${old} was chosen for kubernetes.pod.delete`,
    `deleted: ${old} was deleted`,
    `being-created: Recovery detected: ${fresh} is being created (ContainerCreating)`,
    `gone: Problem detected: ${old} no longer exists in the cluster`,
    'recovered: Recovery complete: 2 of 2 pods running and ready',
  ]);
  expect(events.map(({ t_s }) => t_s)).toEqual([0, 0.018, 0.15, 0.95, 2.15].map((t) => expect.closeTo(t)));
  expect(events[3]?.at).toBe('2026-11-20T16:08:15.950Z');
  expect(summary).toMatchObject({
    namespace: 'poll-app',
    target_selector: null,
    total_events: 5,
    completed: true,
    began_at: '2026-11-20T16:08:00.000Z',
  });
});

test('a recovery that was not seen is told as such, never left out', () => {
  const input = fakeRun('kill');
  const measures = input.result.measures.map((one) =>
    one.text === 'backends.replaced_after_s' ? { ...one, measured: censored(33) } : one,
  );
  const last = reportJson({ ...input, result: { ...input.result, measures } }).events.at(-1);
  expect(last?.type).toBe('not-recovered');
  expect(last?.message).toContain('Recovery not complete within 33 s: 2 of 2 pods ready');
});

test.each([
  [{ selector: 'app=timeserver' }, 'app=timeserver'],
  [{ deployment: 'poll-backend' }, 'deployment poll-backend'],
  [{ deployment: 'poll-backend', labels: { tier: 'web' } }, 'deployment poll-backend, labels {"tier":"web"}'],
  ['everything', 'everything'],
])('the target %j is told as %s', (target, text) => {
  const input = fakeRun('kill');
  const fault = {
    id: 'kill',
    fault: 'kubernetes.pod.delete',
    target,
    pick: 'all',
    params: {},
    start: { on: 'begin' },
    at: { file: 'e.yaml', line: 1 },
  } as const;
  const experiment = { ...input.plan.experiment, faults: [fault, fault] };
  const report = reportJson({ ...input, plan: { ...input.plan, experiment } });
  expect(report.summary.target_selector).toBe(text);
});

test('an aborted run and one that was never started are not completed', () => {
  const aborted = { t: 0, by: 'interrupt', text: 'ctrl-C' } as const;
  const input = fakeRun('kill');
  const run = { ...input, timeline: { ...input.timeline, abort: aborted } };
  expect(reportJson(run).summary.completed).toBe(false);
  expect(reportJson(notStartedRun()).summary.completed).toBe(false);
  expect(reportJson(bareRun()).summary.completed).toBe(false);
});

test('the timeline tells when, what kind, about what, in plain words', () => {
  const { timeline } = reportJson(metricsRun());
  expect(timeline).toContainEqual({
    t_s: 12,
    at: '2026-11-20T16:08:27.000Z',
    kind: 'blind',
    subject: 'app',
    text: 'app does not observe for 6 s: the scrape was refused',
  });
  expect(timeline.filter(({ kind }) => kind === 'event').length).toBeGreaterThan(8);
});

test('nothing from outside keeps its control characters in what is told', () => {
  const { events, timeline } = reportJson(hostileRun());
  const text = JSON.stringify({ events, timeline });
  for (const never of hostile.never) expect(text).not.toContain(never);
});
