import type { Span } from '../../model/time.ts';
import { healsItself, since, type View } from '../view.ts';
import { duration } from '../words/figures.ts';
import { joined } from './buckets.ts';
import type { Frame, Moment, Stretch, WindowBand } from './chart.ts';

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

/** Where a series' signal did not observe, within the frame; specks under 50 ms are left out. */
export function gapsOf(view: View, key: string): Stretch[] {
  const span = { from: view.result.windows.baseline.from, to: view.span.to };
  const gaps = view.samples.gaps(key, span).map((gap) => stretch(view, gap));
  return joined(gaps, 0.05).filter((gap) => gap.to - gap.from > 0.05);
}

const lengthOf = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, one) => sum + one.to - one.from, 0);

/**
 * What a reader must know of a chart's hatches and dotted bars, a sentence each. `late_s`: what the observer's section
 * calls late, summed before stretches are joined for the eye.
 */
export function cautions(of: {
  gaps: readonly Stretch[];
  limited?: readonly Stretch[];
  late_s?: number;
}): string[] {
  const late_s = of.late_s ?? 0;
  const ours =
    late_s > 0
      ? `Our own load was late for ${duration(late_s)} (dotted at the foot).`
      : 'Some operations we could not send in time ourselves (dotted at the foot).';
  return [
    ...(of.gaps.length === 0 ? [] : [`Not observed for ${duration(lengthOf(of.gaps))} (hatched).`]),
    ...((of.limited ?? []).length === 0 ? [] : [ours]),
  ];
}

/** Sentences with one space between them; empty ones are none. */
export const sentences = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== '').join(' ');
