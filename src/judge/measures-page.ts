import { familyMeasures, runMeasures } from '../model/families.ts';
import type { Family, SeriesDescriptor } from '../model/series.ts';
import { alertRule } from './alerts/rule.ts';
import { ledgerGap, ledgerRules } from './derived/http-ledger.ts';
import { eventRules } from './derived/kubernetes-events.ts';
import { podRules } from './derived/kubernetes-pods.ts';
import { detectionRule } from './findings/detection.ts';
import { impactRule } from './findings/impact.ts';
import { tailRule } from './findings/tail.ts';
import { measureTables } from './measure.ts';
import { OUTAGE_S } from './measures/outages.ts';
import { runRules } from './measures/run.ts';
import { gapTexts } from './measures/table.ts';
import type { Equivalent } from './promql/equivalent.ts';
import { promqlOf } from './promql/promql.ts';
import { sloRule } from './slo/slo.ts';

/** The body of docs/measures.md: every measure with its formula, unit, window and what a gap does to it. */
export function measuresPage(): string {
  const families = Object.keys(familyMeasures) as Family[];
  return `${[intro, ...families.map(familySection), derivedSection(), runSection(), outro].join('\n\n')}\n`;
}

const intro = `# Measures

A measure is a number, a text or a bool, computed from one series over one window: \`signal.window.series.measure\`. The series may be left
out where the signal has one, or a main one; the window may be left out, then it depends on the place (see *window* below).

Besides a value a measure can be

- **unknown**: not enough was observed. What depends on it is unknown, never true.
- **censored**: the event did not come while the signal was observed without a gap for S seconds: more than S. Then \`x < 40\` is false if
  S >= 40, else unknown, and \`x > 40\` is true if S >= 40.
- **bounded**: it lies between two values, because a poll saw it between two times, a gap hid a part of the window, or our own load was late.
  A comparison is true or false only if it is for all values between them.

*Windows.* **baseline** is from the first observation to the first injection, **fault** from there until the last undo (for an instantaneous
fault until its target has recovered), **recovery** from there to the end, **run** is all of it. Without a window:

- in \`predict\`, times (\`…_after_s\`), states and events are taken from the first injection to the end, all others over the fault window;
  without any fault the run is one window;
- in \`steady\`, \`abort\` and \`until\` over the last \`timing.sliding\` (5 s), every 250 ms.

Times count from the first injection, or from the start of the window that is named. A gap is a stretch in which a signal did not observe: it
had not started, was cut off, the clock jumped, or a sampled one said nothing for twice its interval and half a second more.`;

const familyTitles: Record<Family, string> = {
  operations: 'Operations (`http`, `tcp`, `postgres`)',
  state: 'States (a leader, a role)',
  gauge: 'Gauges (numbers)',
  events: 'Events (pod transitions, alerts), written `signal.series.type.measure`',
};

const familyNotes: Record<Family, string> = {
  operations: `An operation belongs to the window in which it should have started. Its latency counts from that moment until it ended, so a stall is not
hidden; failed ones count with the time they took. Where our own load was over 5 ms late, the latency lies between the time since the
operation was really sent and that since it should have been. What we could not send at all is \`observer.missed\` and counts for nothing
else. In a sliding window what has not ended yet is not counted; at the end of a recording that was cut off it makes the rest unknown.

An **outage** is a stretch in which operations were wanted and none succeeded. It begins where the first operation that failed or had to
wait should have started, but not before the last success; it ends with the next success, or the window. It counts if an operation
failed in it, or if it lasts at least ${OUTAGE_S} s.`,
  state: 'A state holds until the next. No value (no leader) is not another state.',
  gauge: 'A value holds until the next. Where there is none, the gauge was not observed.',
  events:
    'An event that was not seen but inferred counts at the time at which it was known to have happened; its time is bounded.',
};

/** One signal that has a series of each family, for the column of PromQL. */
const examples: Record<Family, { kind: string; series: SeriesDescriptor; key?: string | number }> = {
  operations: {
    kind: 'http',
    series: { name: 'requests', family: 'operations', summary: '', kinds: ['refused'] },
    key: 'refused',
  },
  state: {
    kind: 'leader',
    series: {
      name: 'primaries',
      family: 'state',
      summary: '',
      promql: 'sum(pg_replication_is_replica == 0)',
    },
  },
  gauge: { kind: 'kubernetes.pods', series: { name: 'ready', family: 'gauge', summary: '' }, key: 1 },
  events: {
    kind: 'kubernetes.pods',
    series: { name: 'transitions', family: 'events', summary: '', types: ['restarted'] },
    key: 'restarted',
  },
};

const equivalentCell = (found: Equivalent): string =>
  found.is === 'none' ? `none: ${found.why}` : `\`${found.text}\``;

function promqlCell(family: Family, measure: string): string {
  const { kind, series, key } = examples[family];
  const signal = { name: 'web', kind, version: 1, series: [series], derived: [] };
  const ref = { signal: 'web', series: series.name, measure, text: measure };
  const asked = familyMeasures[family][measure]?.key === undefined ? ref : { ...ref, key: key ?? '' };
  return equivalentCell(promqlOf(asked, { signals: [signal], query: { range: '5m', range_s: 300 } }));
}

const row = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map(row).join('\n');
}

function familySection(family: Family): string {
  const rows = Object.entries(familyMeasures[family]).map(([name, { unit, key, time }]) => {
    const rule = measureTables[family][name];
    const written = key === 'error' ? `${name}["kind"]` : key === 'number' ? `${name}(x)` : name;
    const lasting = time === true || family === 'state' || family === 'events';
    return [
      `\`${written}\``,
      unit === '' ? "the series' own" : unit,
      rule?.formula ?? '',
      lasting ? 'first injection to end' : 'fault',
      rule?.gap ?? gapTexts.unknown,
      promqlCell(family, name),
    ];
  });
  const head = ['measure', 'unit', 'formula', 'window in `predict`', 'with a gap', 'in PromQL'];
  return `## ${familyTitles[family]}\n\n${familyNotes[family]}\n\n${table(head, rows)}`;
}

function derivedSection(): string {
  const rows = [
    ...Object.entries(podRules).map(([name, formula]) => [
      '`kubernetes.pods`',
      `\`${name}\``,
      's',
      formula,
      gapTexts.time,
    ]),
    ...Object.entries(eventRules).map(([name, formula]) => {
      const isTime = name.endsWith('_s');
      const gap = isTime ? gapTexts.time : gapTexts.atLeast;
      return ['`kubernetes.events`', `\`${name}\``, isTime ? 's' : '1', formula, gap];
    }),
    ...Object.entries(ledgerRules).map(([name, formula]) => [
      '`http` with `ledger:`',
      `\`${name}\``,
      '1',
      formula,
      ledgerGap,
    ]),
  ];
  const text =
    'Some signals have measures of their own, written below the signal. Pods are told apart by uid, not by name.';
  return `## Derived\n\n${text}\n\n${table(['signal', 'measure', 'unit', 'formula', 'with a gap'], rows)}`;
}

function runSection(): string {
  const rows = Object.entries(runMeasures).map(([name, { unit }]) => {
    const rule = runRules[name];
    const found = promqlOf(
      { measure: name, text: name },
      { signals: [], query: { range: '5m', range_s: 300 } },
    );
    return [`\`${name}\``, unit, rule?.formula ?? '', rule?.gap ?? gapTexts.unknown, equivalentCell(found)];
  });
  return `## The run itself\n\n${table(['measure', 'unit', 'formula', 'with a gap', 'in PromQL'], rows)}`;
}

const outro = `## In PromQL

The columns above show what to ask Prometheus for the same thing, over 5 minutes; \`aftershock signals NAME\` shows all measures of a signal, and a
report those that its predictions name, with the length of their windows and the moment to ask for. The metrics have their conventional
names, which yours may differ from:

- a server's own: \`http_requests_total{job, status}\` and \`http_request_duration_seconds_bucket{job, le}\`. It counts only what reached it,
  not the wait before, and durations are exact only at the bounds of its buckets: a refused request, a timeout and a stalled connection are in none of them. Here they are failures.
- kube-state-metrics: \`kube_pod_status_ready\`, \`kube_pod_status_phase\`, \`kube_pod_created\`, \`kube_pod_deletion_timestamp\`,
  \`kube_pod_container_status_restarts_total\`, \`kube_deployment_status_replicas_ready\`, \`kube_deployment_spec_replicas\`,
  \`kube_pod_container_resource_limits\`. What began and ended between two scrapes is not there.
- the kubelet: \`container_cpu_usage_seconds_total\`, \`container_memory_working_set_bytes\`.
- the client libraries: \`process_cpu_seconds_total\`, \`process_resident_memory_bytes\`, \`process_start_time_seconds\`.

A series of a \`metrics\` signal is asked for by the selector that its entry gives.

## User impact

${impactRule}

## What showed it first

${detectionRule}

${tailRule}

## The error budget

${sloRule}

## The proposed alert

${alertRule}`;
