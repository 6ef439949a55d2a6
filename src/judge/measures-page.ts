import { familyMeasures, runMeasures } from '../model/families.ts';
import type { Family } from '../model/series.ts';
import { podRules } from './derived/kubernetes-pods.ts';
import { detectionRule } from './findings/detection.ts';
import { impactRule } from './findings/impact.ts';
import { measureTables } from './measure.ts';
import { OUTAGE_S } from './measures/outages.ts';
import { runRules } from './measures/run.ts';
import { gapTexts } from './measures/table.ts';

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
    ];
  });
  const head = ['measure', 'unit', 'formula', 'window in `predict`', 'with a gap'];
  return `## ${familyTitles[family]}\n\n${familyNotes[family]}\n\n${table(head, rows)}`;
}

function derivedSection(): string {
  const rows = Object.entries(podRules).map(([name, formula]) => [
    '`kubernetes.pods`',
    `\`${name}\``,
    's',
    formula,
    gapTexts.time,
  ]);
  const text =
    'Some signals have measures of their own, written below the signal. Pods are told apart by uid, not by name.';
  return `## Derived\n\n${text}\n\n${table(['signal', 'measure', 'unit', 'formula', 'with a gap'], rows)}`;
}

function runSection(): string {
  const rows = Object.entries(runMeasures).map(([name, { unit }]) => {
    const rule = runRules[name];
    return [`\`${name}\``, unit, rule?.formula ?? '', rule?.gap ?? gapTexts.unknown];
  });
  return `## The run itself\n\n${table(['measure', 'unit', 'formula', 'with a gap'], rows)}`;
}

const outro = `## User impact

${impactRule}

## What showed it first

${detectionRule}`;
