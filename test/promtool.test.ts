import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Candidate } from '../src/judge/alerts/candidate.ts';
import { type FakeFault, fakeFaultContext, fakeFaultRecording } from '../src/judge/alerts/fake-recording.ts';
import { COUNTED_BEFORE, loadCandidates } from '../src/judge/alerts/load.ts';
import { podCandidates } from '../src/judge/alerts/pods.ts';
import { bucketBounds, promDuration } from '../src/judge/alerts/promql.ts';
import { proposeAlert } from '../src/judge/alerts/propose.ts';
import { ruleFile } from '../src/judge/alerts/rule-file.ts';
import { firstFiring, type Rhythm, trackOf } from '../src/judge/alerts/track.ts';
import type { AlertRule } from '../src/model/alert.ts';
import type { Operation } from '../src/model/series.ts';
import { needs } from './support/needs.ts';

const END_S = 140;

/** Every rule that a fault gives rise to, at its proposal's interval or the default one. */
const faults: Record<string, { fault: FakeFault; alert: string }> = {
  errors: { fault: { fails: { every: 5, status: 500 }, usualFails: 900 }, alert: 'VotesErrors' },
  slow: { fault: { latency_ms: 400 }, alert: 'VotesSlowP99' },
  'slow (p95)': { fault: { latency_ms: 1_700 }, alert: 'VotesSlowP95' },
  refused: { fault: { fails: { every: 3, status: 0 } }, alert: 'VotesErrorsAtProxy' },
  'no pod': { fault: { ready: 0, fails: { every: 1, status: 0 } }, alert: 'BackendsNotReady' },
  restarts: { fault: { restarts: [71] }, alert: 'BackendsRestarting' },
};

function candidateOf(fault: FakeFault, alert: string): Candidate {
  const context = fakeFaultContext(fault);
  const [signal] = context.signals;
  const series = signal?.series[0];
  if (signal === undefined || series === undefined) throw new Error('no load in the fake run');
  const at = { samples: context.samples, signal, series, jumps: [] };
  const all = [
    ...loadCandidates(at, { run: context.windows.run, job: 'shop' }),
    ...context.signals.flatMap((one) => podCandidates(one, context)),
  ];
  const found = all.find((one) => one.alert === alert);
  if (found === undefined) throw new Error(`no rule ${alert}`);
  return found;
}

/** A series of each moment at which it is scraped, counted here anew from the recording. */
type Series = Record<string, (at_s: number) => number>;

function seriesOf(fault: FakeFault): Series {
  const recording = fakeFaultRecording(fault);
  const requests = recording.operations?.['votes.requests'] ?? [];
  const ended = (wanted: (one: Operation) => boolean) => (at_s: number) =>
    requests.filter((one) => one.done !== null && one.done <= at_s * 1e9 && wanted(one)).length;
  const before = (count: (at_s: number) => number) => (at_s: number) => COUNTED_BEFORE + count(at_s);
  const answered = (one: Operation): boolean => one.status !== undefined;
  const took = (one: Operation): number => ((one.done ?? 0) - (one.sent ?? 0)) / 1e9;
  const buckets = [...bucketBounds, Number.POSITIVE_INFINITY].map((bound) => [
    `http_request_duration_seconds_bucket{job="shop",le="${bound === Number.POSITIVE_INFINITY ? '+Inf' : bound}"}`,
    before(ended((one) => answered(one) && took(one) <= bound)),
  ]);
  const restarts = recording.events?.['backends.transitions'] ?? [];
  const ready = recording.points?.['backends.ready'] ?? [];
  return {
    'http_requests_total{job="shop",status="200"}': before(ended(({ status }) => status === 200)),
    'http_requests_total{job="shop",status="500"}': ended(({ status }) => status === 500),
    'http_requests_total{job="ingress",status="200"}': before(ended(({ status }) => status === 200)),
    'http_requests_total{job="ingress",status="502"}': ended((one) => one.kind !== 'ok'),
    ...Object.fromEntries(buckets),
    'kube_deployment_status_replicas_ready{deployment="web"}': (at_s) =>
      Number(ready.findLast(({ t }) => t <= at_s * 1e9)?.value),
    'kube_pod_container_status_restarts_total{pod="web-7c9fd8b6c-x2x4q"}': (at_s) =>
      restarts.filter(({ type, t }) => type === 'restarted' && t <= at_s * 1e9).length,
  };
}

/**
 * promtool evaluates at the multiples of the interval from 0 on, so its clock is the run's, moved until an evaluation
 * falls on one; it steps by seconds, and what is not scraped is left out.
 */
function input(series: Series, { interval_s, offset_s, lag_s }: Rhythm): { shift: number; lines: object[] } {
  const shift = interval_s - offset_s - lag_s;
  const values = (count: (at_s: number) => number): string =>
    Array.from({ length: END_S + shift + 1 }, (_, second) => {
      const at_s = second - shift;
      const isScrape = at_s >= offset_s && (at_s - offset_s) % interval_s === 0 && at_s + lag_s <= END_S;
      return isScrape ? String(count(at_s)) : '_';
    }).join(' ');
  return {
    shift,
    lines: Object.entries(series).map(([name, count]) => ({ series: name, values: values(count) })),
  };
}

describe.skipIf(!needs('promtool'))('rules against promtool', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'aftershock-promtool-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const promtool = (...args: string[]): string =>
    execFileSync('promtool', args, { cwd: folder, encoding: 'utf8', timeout: 60_000 });

  test.each(Object.entries(faults))('what is proposed for %s is a rule file', (_, { fault }) => {
    const rules = (['none', 'failing'] as const).flatMap((impact) => {
      const found = proposeAlert(fakeFaultContext(fault), {
        title: `A "title" {{ with }} what: 'YAML' #minds`,
        job: 'shop',
        impact,
        detection: [],
        recovered: { is: 'value', value: 41 },
      });
      return found?.rule === undefined ? [] : [found.rule];
    });
    writeFileSync(join(folder, 'proposed.yaml'), ruleFile(rules.slice(0, 1), 15));
    expect(promtool('check', 'rules', '--lint-fatal', 'proposed.yaml')).toContain('SUCCESS: 1 rules found');
  });

  const rhythms: Rhythm[] = [
    { interval_s: 15, offset_s: 4, lag_s: 3 },
    { interval_s: 15, offset_s: 12, lag_s: 1 },
    { interval_s: 5, offset_s: 2, lag_s: 2 },
  ];
  const cases = Object.entries(faults).flatMap(([name, of]) =>
    rhythms.flatMap((rhythm) =>
      [0, 1].map((waits) => ({ name, ...of, rhythm, for_s: waits * rhythm.interval_s })),
    ),
  );

  test.each(cases)(
    '$name, $alert, every $rhythm.interval_s s from $rhythm.offset_s s on, for $for_s s: fires when the replay says',
    (one) => {
      const { fault, alert, rhythm, for_s } = one;
      const candidate = candidateOf(fault, alert);
      const track = trackOf(candidate, fakeFaultContext(fault).windows.run, rhythm);
      const threshold =
        { VotesErrors: 0.05, VotesErrorsAtProxy: 0.05, BackendsNotReady: 2, BackendsRestarting: 0 }[alert] ??
        0.1;
      const first = firstFiring(track, { fires: candidate.fires, threshold, for_s }, { unknown: false });
      const rule: AlertRule = {
        alert,
        expr: candidate.expr(threshold, 4 * rhythm.interval_s),
        for_s,
        labels: { severity: 'critical' },
        annotations: { summary: candidate.summary, description: 'a test' },
      };
      const { shift, lines } = input(seriesOf(fault), rhythm);
      const firing = `count(ALERTS{alertname="${alert}",alertstate="firing"})`;
      const fires = first === undefined ? undefined : first / 1e9 + shift;
      const moments = track.map(({ t }) => t / 1e9 + shift).filter((t) => fires === undefined || t <= fires);
      const fired = moments.map((t) => ({
        expr: firing,
        eval_time: promDuration(t),
        exp_samples: t === fires ? [{ labels: '{}', value: 1 }] : [],
      }));
      const [compared = ''] = candidate.expr(threshold, 4 * rhythm.interval_s).split(/ [<>] [^<>]*$/);
      const values = track.flatMap(({ t, value }) =>
        typeof value !== 'number'
          ? []
          : [
              {
                expr: `count(abs((${compared}) - ${value}) < 1e-9)`,
                eval_time: promDuration(t / 1e9 + shift),
                exp_samples: [{ labels: '{}', value: 1 }],
              },
            ],
      );
      expect(values.length, 'evaluations with a value').toBeGreaterThan(5);
      expect(fires, `${alert} fires within the fault`).toBeGreaterThan(60 + shift);
      writeFileSync(join(folder, 'rules.yaml'), ruleFile([rule], rhythm.interval_s));
      const evaluation_interval = promDuration(rhythm.interval_s);
      const test_ = { interval: '1s', input_series: lines, promql_expr_test: [...fired, ...values] };
      writeFileSync(
        join(folder, 'test.yaml'),
        stringify({ rule_files: ['rules.yaml'], evaluation_interval, tests: [test_] }, { lineWidth: 0 }),
      );
      expect(promtool('test', 'rules', 'test.yaml')).toContain('SUCCESS');
    },
  );
});
