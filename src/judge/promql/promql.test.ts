import { parser } from '@prometheus-io/lezer-promql';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { MeasureRef } from '../../model/measure.ts';
import type { SignalDescriptor } from '../../model/series.ts';
import { signals as registry } from '../../signals/registry.ts';
import { type Name, namesOf } from '../expression/names.ts';
import type { Equivalent, QueryContext } from './equivalent.ts';
import { promqlOf } from './promql.ts';

const query: QueryContext = { range: '30s', range_s: 30, job: 'poll-app' };

/** Every signal of the catalogue, as its example configures it. */
const catalogue: SignalDescriptor[] = registry.map((signal) => {
  const [[name, entry] = ['', {}]] = Object.entries(parse(signal.example) as Record<string, object>);
  const config = signal.config.parse((entry as Record<string, unknown>)[signal.kind]);
  return signal.describe(name, config);
});

const leader: SignalDescriptor = {
  name: 'patroni',
  kind: 'patroni',
  version: 1,
  series: [
    { name: 'leader', family: 'state', values: 'text', summary: 'who leads' },
    {
      name: 'primaries',
      family: 'state',
      values: 'number',
      summary: 'how many',
      promql: 'sum(pg_up{role="p"})',
    },
    { name: 'commits', family: 'operations', summary: 'writes', kinds: ['refused'] },
    { name: 'switches', family: 'events', types: ['switch'], summary: 'switches', promql: 'switches_total' },
  ],
  derived: [],
};

const all = [...catalogue, leader];

function refsBelow(name: Name, path: string): MeasureRef[] {
  if (name.is === 'group')
    return [...name.members].flatMap(([word, member]) =>
      refsBelow(member, path === '' ? word : `${path}.${word}`),
    );
  const key = name.takesNumber ? { key: -1.5 } : {};
  return [{ ...name.ref, ...key, text: path }];
}

const refs = refsBelow(namesOf(all), '');

function faults(text: string): string[] {
  const found: string[] = [];
  parser.parse(text).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) found.push(`${from}-${to}: ${text.slice(Math.max(0, from - 20), to + 20)}`);
    },
  });
  return found;
}

const textOf = (of: Equivalent): string => (of.is === 'promql' ? of.text : `none: ${of.why}`);
const named = (text: string): Equivalent => {
  const ref = refs.find((one) => one.text === text);
  if (ref === undefined) throw new Error(`no measure ${text}`);
  return promqlOf(ref, { signals: all, query });
};

test('the parser finds what is wrong', () => {
  expect(faults('sum(rate(up[5m])) / 2')).toEqual([]);
  for (const wrong of ['sum(rate(up[5m])', 'up{a=b}', 'rate(up) /', ']'])
    expect(faults(wrong)).not.toEqual([]);
});

test('every measure of every signal is PromQL that parses, or says why not in one sentence', () => {
  expect(refs.length).toBeGreaterThan(400);
  for (const ref of refs) {
    const found = promqlOf(ref, { signals: all, query });
    if (found.is === 'promql') expect(faults(found.text), ref.text).toEqual([]);
    else expect(found.why, ref.text).toMatch(/^(?!.*\. )[^\n]{15,150}[^.\n ]$/);
  }
});

test('most of what operations, pods and metrics tell has an equivalent', () => {
  const share = (signal: string): number => {
    const own = refs.filter((ref) => ref.signal === signal && ref.window === undefined);
    const found = own.filter((ref) => promqlOf(ref, { signals: all, query }).is === 'promql');
    return found.length / own.length;
  };
  expect(share('backends')).toBeGreaterThan(0.8);
  expect(share('backend')).toBe(1);
});

describe('operations', () => {
  test.each([
    [
      'votes.availability',
      'sum(rate(http_requests_total{job="poll-app",status=~"2.."}[30s])) / sum(rate(http_requests_total{job="poll-app"}[30s]))',
    ],
    [
      'votes.p95_ms',
      '1000 * histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket{job="poll-app"}[30s])))',
    ],
    ['votes.failed', 'sum(increase(http_requests_total{job="poll-app",status!~"2.."}[30s]))'],
    [
      'votes.in_flight_lost',
      'none: only seen from the client: a server that dies counts nothing of what it had begun',
    ],
    [
      'votes.by_error.refused',
      'none: only seen from the client: a request that ends so leaves no status with the server',
    ],
    ['votes.schedule_error_ms.max', 'none: our own health, which the target knows nothing of'],
  ])('%s', (text, wanted) => {
    expect(textOf(named(text))).toBe(wanted);
  });
});

describe('pods and metrics', () => {
  test.each([
    ['backends.ready.last', 'sum(kube_pod_status_ready{pod=~"backends-.+",condition="true"})'],
    [
      'backends.ready.min',
      'min_over_time(sum(kube_pod_status_ready{pod=~"backends-.+",condition="true"})[30s:1s])',
    ],
    [
      'backends.transitions.restarted.count',
      'sum(increase(kube_pod_container_status_restarts_total{pod=~"backends-.+"}[30s]))',
    ],
    ['backend.votes.min', 'min_over_time(sum(rate(votes_total[1m]))[30s:1s])'],
    ['backend.memory.last', 'max(process_resident_memory_bytes)'],
    ['backend.resets.reset.count', 'sum(resets(votes_total[30s]))'],
    ['patroni.primaries.changes', 'changes(sum(pg_up{role="p"})[30s:1s])'],
    ['patroni.switches.switch.count', 'sum(increase(switches_total[30s]))'],
    [
      'recovered_after_s',
      'none: all of steady must hold from then on to the end, which no query knows in advance',
    ],
  ])('%s', (text, wanted) => {
    expect(textOf(named(text))).toBe(wanted);
  });

  test('the names of pods and their deployment come from the run where it knows them', () => {
    const pods = () => ({ pattern: 'poll-backend-.+', deployment: 'poll-backend', namespace: 'poll-app' });
    const of = { signals: all, query: { ...query, pods } };
    const ref = { signal: 'backends', measure: 'replaced_after_s', text: 'backends.replaced_after_s' };
    expect(textOf(promqlOf(ref, of))).toBe(
      'count_over_time((kube_deployment_status_replicas_ready{namespace="poll-app",deployment="poll-backend"} < kube_deployment_spec_replicas{namespace="poll-app",deployment="poll-backend"})[30s:1s])',
    );
  });
});

test('whatever a job, a signal, a pod or a key is called, the query parses', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('"', '\\', '}', '"}[5m]) #', "'"),
  );
  fc.assert(
    fc.property(text, text, fc.constantFrom(...refs), (job, pattern, ref) => {
      const pods = () => ({ pattern, deployment: job, namespace: pattern });
      const found = promqlOf(ref, { signals: all, query: { ...query, job, pods } });
      if (found.is === 'promql') expect(faults(found.text)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
