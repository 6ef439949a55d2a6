import type { Span } from '../../model/time.ts';
import { healsItself, seriesOf, since, type View } from '../view.ts';
import { duration, figure, listed, moment } from '../words/figures.ts';
import { joined } from './buckets.ts';
import type { Chart, Frame, Gap, Moment, Stretch, WindowBand } from './chart.ts';
import type { TrendWindow } from './trend.ts';

const stretch = (view: View, span: Span): Stretch => ({
  from: since(view, span.from),
  to: since(view, span.to),
});

function bands(view: View): WindowBand[] {
  const { baseline, fault, recovery, run } = view.result.windows;
  if (fault === undefined)
    return [{ name: view.plan.faults.length === 0 ? 'run' : 'baseline', ...stretch(view, run) }];
  const all: WindowBand[] = [
    { name: 'baseline', ...stretch(view, baseline) },
    { name: 'fault', ...stretch(view, fault) },
  ];
  if (recovery !== undefined) all.push({ name: 'recovery', ...stretch(view, recovery) });
  return all;
}

/** The fault's last word says what it is: `kubernetes.pod.delete` is `pod.delete`. */
const shortFault = (fault: string): string => fault.split('.').slice(-2).join('.');

function injectionMoments(view: View): Moment[] {
  const groups = new Map<string, Moment & { count: number }>();
  const add = (at: number, label: string, kind: Moment['kind']): void => {
    const key = `${kind} ${label} ${Math.round(at)}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { at, label, kind, count: 1 });
    else known.count += 1;
  };
  for (const record of view.result.injections) {
    const name = shortFault(record.injection.fault);
    if (record.acting !== undefined) add(since(view, record.acting), name, 'inject');
    const undo = record.undoing ?? record.undone;
    if (undo !== undefined && !healsItself(record)) add(since(view, undo), `undo ${name}`, 'undo');
  }
  return [...groups.values()].map(({ count, ...moment }) =>
    count === 1 ? moment : { ...moment, label: `${moment.label} ×${count}` },
  );
}

/** The same for all charts of a report. */
export function frameOf(view: View): Frame {
  const { run, baseline } = view.result.windows;
  const abort = view.result.abort;
  const moments: Moment[] = [
    ...injectionMoments(view),
    ...(abort === undefined ? [] : [{ at: since(view, abort.t), label: 'abort', kind: 'abort' as const }]),
    ...view.timeline.notes
      .filter((note) => note.t >= run.from && note.t <= run.to)
      .map((note) => ({ at: since(view, note.t), label: 'note', kind: 'note' as const })),
  ];
  return {
    from: since(view, Math.min(baseline.from, run.to)),
    to: since(view, run.to),
    bands: bands(view),
    moments: moments.sort((a, b) => a.at - b.at),
    axis: view.injected ? 'seconds from the first injection' : 'seconds from the start of the baseline',
  };
}

/** Windows in which a line must not rise steadily, the most telling first. */
export function trendWindows(view: View): TrendWindow[] {
  const { recovery, run } = view.result.windows;
  return [
    ...(recovery === undefined ? [] : [{ ...stretch(view, recovery), words: 'through the recovery' }]),
    { ...stretch(view, run), words: 'over the run' },
  ];
}

/** Where a series' signal did not observe, within the frame, and why; specks under 50 ms are left out. */
export function gapsOf(view: View, key: string): Gap[] {
  const span = { from: view.result.windows.baseline.from, to: view.span.to };
  const gaps = view.samples.gaps(key, span).map((gap) => stretch(view, gap));
  return joined(gaps, 0.05)
    .filter((gap) => gap.to - gap.from > 0.05)
    .map((gap) => {
      const why = whyOf(view, { key, gap, span });
      return why === undefined ? gap : { ...gap, why };
    });
}

/** What explains most of a gap: what the signal said, a jump of our clock, or that samples stayed out. */
function whyOf(view: View, of: { key: string; gap: Stretch; span: Span }): string | undefined {
  const shared = (one: Stretch): number => Math.min(one.to, of.gap.to) - Math.max(one.from, of.gap.from);
  const said = (view.samples.whyBlind?.(of.key, of.span) ?? []).map((one) => ({
    ...stretch(view, one),
    why: one.why,
  }));
  const jumps = view.timeline.jumps.map((one) => ({ ...stretch(view, one), why: 'our own clock jumped' }));
  const [best] = [...said, ...jumps].filter((one) => shared(one) > 0).sort((a, b) => shared(b) - shared(a));
  const signal = view.result.signals.find(({ name }) => of.key.startsWith(`${name}.`));
  return best?.why ?? (signal?.interval_s === undefined ? undefined : 'no sample came');
}

/** The series of events in which a signal tells that one of its counters began again. */
export const RESETS = 'resets';

/** Where a counter of a signal began again: the process that counted had started anew. */
export function resetsOf(view: View, signal: string): Moment[] {
  const moments = seriesOf(view, 'events')
    .filter((one) => one.signal === signal && one.series === RESETS)
    .flatMap(({ key }) => view.samples.events(key, view.span))
    .map(({ t }): Moment => ({ at: since(view, t), label: RESET_LABEL, kind: 'reset' }));
  // Counters of one process begin again together: one line is enough.
  return moments.filter(({ at }, index) => at - (moments[index - 1]?.at ?? Number.NEGATIVE_INFINITY) > 0.05);
}

const RESET_LABEL = 'counter reset: the process restarted';

const lengthOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, one) => sum + one.to - one.from, 0);

/** `12 to 18 s` */
export const rangeText = ({ from, to }: Stretch): string => `${short(from)} to ${short(to)} s`;

const short = (seconds: number): string => figure(Math.round(seconds * 10) / 10);

const MOST_GAPS = 3;

/** `Not observed for 6 s (hatched): 12 to 18 s, the API did not answer.` */
function gapWords(gaps: readonly Gap[]): string {
  const named = gaps
    .slice(0, MOST_GAPS)
    .map((gap) => `${rangeText(gap)}${gap.why === undefined ? '' : `, ${gap.why}`}`);
  const more = gaps.length > MOST_GAPS ? `; and ${gaps.length - MOST_GAPS} more` : '';
  return `Not observed for ${duration(lengthOf(gaps))} (hatched): ${named.join('; ')}${more}.`;
}

/** `Counter reset at +12.3 s: the process restarted.` */
function resetWords(resets: readonly Moment[]): string {
  const times = resets.slice(0, MOST_GAPS).map(({ at }) => moment(at));
  const more = resets.length > MOST_GAPS ? `, and ${resets.length - MOST_GAPS} more` : '';
  return `Counter reset at ${listed(times)}${more}: the process restarted.`;
}

/**
 * What a reader must know of a chart's hatches, resets, steps and dotted bars, a sentence each. `late_s`: what the
 * observer's section calls late, summed before stretches are joined for the eye.
 */
export function cautions(
  of: Pick<Chart, 'gaps' | 'resets' | 'limited' | 'sampled_s'> & { late_s?: number },
): string[] {
  const late_s = of.late_s ?? 0;
  const ours =
    late_s > 0
      ? `Our own load was late for ${duration(late_s)} (dotted at the foot).`
      : 'Some operations we could not send in time ourselves (dotted at the foot).';
  return [
    ...(of.sampled_s === undefined
      ? []
      : [`Sampled every ${figure(of.sampled_s)} s: steps are the sampling, not the system.`]),
    ...(of.gaps.length === 0 ? [] : [gapWords(of.gaps)]),
    ...(of.resets === undefined || of.resets.length === 0 ? [] : [resetWords(of.resets)]),
    ...(of.limited.length === 0 ? [] : [ours]),
  ];
}

/** Sentences with one space between them; empty ones are none. */
export const sentences = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join(' ');
