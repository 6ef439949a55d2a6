import { type Measured, type MeasureRef, unknown } from '../../model/measure.ts';
import { type Samples, seriesKey } from '../../model/samples.ts';
import type { DerivedDescriptor, Occurrence } from '../../model/series.ts';
import type { Nanos, Span } from '../../model/time.ts';
import { merge } from '../look/spans.ts';
import { timeOf } from '../look/times.ts';
import type { MeasureContext } from '../measure.ts';

/** Formulas of this file's measures, for docs/measures.md. */
export const podRules = {
  replaced_after_s:
    'from the first injection until at least one pod that was there before is gone (deleted), as many pods are ready as before, and at least as many pods made since are ready as have gone',
  all_gone_after_s: 'from the first injection until every pod that was there then is gone (deleted)',
} as const;

/** Measures of `kubernetes.pods`, from its counts and its transitions; pods are told apart by uid, not by name. */
export function kubernetesPods(
  _ref: MeasureRef,
  descriptor: DerivedDescriptor,
  context: MeasureContext,
): Measured {
  const { samples, windows, defaultWindow, timeline } = context;
  const { origin, sinceFault } = windows;
  const signal = _ref.signal ?? '';
  if (defaultWindow !== 'predict')
    return unknown('it counts from the first injection and is only known after the run');
  if (origin === undefined || sinceFault === undefined) return unknown('nothing was injected');
  const pods: Pods = { samples, signal, span: sinceFault };
  const wait = { origin, end: sinceFault.to, gaps: gapsOf(pods), jumps: timeline.jumps };
  switch (descriptor.measure) {
    case 'replaced_after_s':
      return countAt(pods, 'ready', origin) === undefined
        ? unknown('it is not known how many pods were ready before')
        : timeOf(wait, replaced(pods));
    case 'all_gone_after_s': {
      const there = allAt(pods, origin);
      if (there === undefined) return unknown('it is not known how many pods were there before');
      return there === 0 ? unknown('no pods were there before') : timeOf(wait, allGone(pods, there));
    }
    default:
      return unknown(`kubernetes.pods has no measure ${descriptor.measure}`);
  }
}

interface Pods {
  samples: Samples;
  signal: string;
  /** From the first injection to the end. */
  span: Span;
}

const counts = ['running', 'pending', 'terminating'] as const;

const gapsOf = ({ samples, signal, span }: Pods): Span[] =>
  merge(['transitions', 'ready'].flatMap((series) => samples.gaps(seriesKey(signal, series), span)));

/** A count of pods at a moment. */
function countAt({ samples, signal }: Pods, series: string, t: Nanos): number | undefined {
  const held = samples.points(seriesKey(signal, series), { from: t, to: t + 1 }).at(-1)?.value;
  return typeof held === 'number' ? held : undefined;
}

function allAt(pods: Pods, t: Nanos): number | undefined {
  const each = counts.map((series) => countAt(pods, series, t));
  return each.reduce<number | undefined>(
    (sum, one) => (sum === undefined || one === undefined ? undefined : sum + one),
    0,
  );
}

const uidOf = (event: Occurrence): string => {
  const uid = event.detail['uid'];
  return typeof uid === 'string' ? uid : event.subject;
};

const transitionsOf = ({ samples, signal, span }: Pods): readonly Occurrence[] =>
  samples.events(seriesKey(signal, 'transitions'), span);

interface Moment {
  t: Nanos;
  since?: Nanos;
}

/** Walks through what happened, until a moment at which all conditions hold together. */
function replaced(pods: Pods): Moment | undefined {
  const wanted = countAt(pods, 'ready', pods.span.from) ?? 0;
  const made = new Set<string>();
  const newReady = new Set<string>();
  let gone = 0;
  const events = transitionsOf(pods);
  for (const [index, event] of events.entries()) {
    const uid = uidOf(event);
    if (event.type === 'added') made.add(uid);
    if (event.type === 'deleted') {
      newReady.delete(uid);
      if (!made.has(uid)) gone += 1;
    }
    if (event.type === 'ready' && made.has(uid)) newReady.add(uid);
    if (event.type === 'unready') newReady.delete(uid);
    // What was seen at the same moment belongs together: the counts are written after the transitions.
    if (events[index + 1]?.t === event.t) continue;
    const enough = (countAt(pods, 'ready', event.t) ?? 0) >= wanted;
    if (gone > 0 && newReady.size >= gone && enough) return momentOf(event);
  }
  return undefined;
}

function allGone(pods: Pods, there: number): Moment | undefined {
  const made = new Set<string>();
  let gone = 0;
  for (const event of transitionsOf(pods)) {
    if (event.type === 'added') made.add(uidOf(event));
    if (event.type !== 'deleted' || made.has(uidOf(event))) continue;
    gone += 1;
    if (gone >= there) return momentOf(event);
  }
  return undefined;
}

const momentOf = ({ t, since }: Occurrence): Moment => (since === undefined ? { t } : { t, since });
