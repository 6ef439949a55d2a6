import type { Occurrence } from '../../model/series.ts';
import type { Nanos } from '../../model/time.ts';
import type { InjectionRecord } from '../../model/timeline.ts';
import { healsItself, type View } from '../view.ts';
import { duration } from '../words/figures.ts';

/** What a watcher of the experiment would have been told, in the order in which it happened. */
export const eventTypes = [
  'chosen',
  'deleted',
  'injected',
  'failed',
  'gone',
  'being-created',
  'undone',
  'restored',
  'recovered',
  'not-recovered',
] as const;

export interface ToldEvent {
  t: Nanos;
  type: (typeof eventTypes)[number];
  message: string;
  subject: string;
}

/**
 * The story of what was broken and how it healed: which target was chosen, what was done to it, that it was gone, that
 * another was being created, and that all were running again. Pods are told from the watch, so that what lasted less
 * than a second is there too.
 */
export const toldEvents = (view: View): ToldEvent[] =>
  [...view.result.injections.flatMap(injectionEvents), ...podEvents(view)].toSorted((a, b) => a.t - b.t);

function injectionEvents(record: InjectionRecord): ToldEvent[] {
  const { injection, acting, acted, undone, recovered, failed } = record;
  const subject = injection.target.name;
  if (acting === undefined) return [];
  const isDelete = injection.fault.endsWith('.delete');
  const done: Omit<ToldEvent, 't'> = isDelete
    ? { type: 'deleted', message: `${subject} was deleted`, subject }
    : { type: 'injected', message: `${injection.fault} was injected on ${subject}`, subject };
  const at = (t: Nanos | undefined, event: Omit<ToldEvent, 't' | 'subject'>): ToldEvent[] =>
    t === undefined ? [] : [{ t, subject, ...event }];
  return [
    {
      t: acting,
      type: 'chosen',
      message: `Chaos started: ${subject} was chosen for ${injection.fault}`,
      subject,
    },
    ...(acted === undefined ? [] : [{ t: acted, ...done }]),
    ...(failed === undefined
      ? []
      : at(acted ?? acting, { type: 'failed', message: `Failed on ${subject}: ${failed}` })),
    ...(healsItself(record) ? [] : at(undone, { type: 'undone', message: `Undone on ${subject}` })),
    ...(healsItself(record) ? [] : at(recovered, { type: 'restored', message: `${subject} is as before` })),
  ];
}

const PODS = 'kubernetes.pods';

function podEvents(view: View): ToldEvent[] {
  const { origin } = view.result.windows;
  if (origin === undefined) return [];
  return view.result.signals
    .filter(({ kind }) => kind === PODS)
    .flatMap(({ name }) => {
      const seen = view.samples.events(`${name}.transitions`, { from: origin, to: view.span.to });
      return [
        ...seen.filter(({ type }) => type === 'deleted').map(gone),
        ...creations(seen),
        ...recovery(view, name, origin),
      ];
    });
}

const gone = ({ t, subject }: Occurrence): ToldEvent => ({
  t,
  type: 'gone',
  message: `Problem detected: ${subject} no longer exists in the cluster`,
  subject,
});

const isCreating = ({ type, detail }: Occurrence): boolean =>
  type === 'container' && detail['state'] === 'waiting' && detail['reason'] === 'ContainerCreating';

/** Each new pod once: when its container was being created, or when it was first seen if that was not. */
function creations(seen: readonly Occurrence[]): ToldEvent[] {
  return seen
    .filter(({ type }) => type === 'added')
    .map((added) => {
      const own = seen.find((one) => isCreating(one) && one.detail['uid'] === added.detail['uid']);
      const phase = own === undefined ? String(added.detail['phase'] ?? 'Pending') : 'ContainerCreating';
      return {
        t: (own ?? added).t,
        type: 'being-created' as const,
        message: `Recovery detected: ${added.subject} is being created (${phase})`,
        subject: added.subject,
      };
    });
}

/** When as many pods as before were ready again; that they never were, where that is known. */
function recovery(view: View, signal: string, origin: Nanos): ToldEvent[] {
  const found = view.result.measures.find(({ text }) => text === `${signal}.replaced_after_s`)?.measured;
  const ready = (t: Nanos): unknown =>
    view.samples.points(`${signal}.ready`, { from: t, to: t + 1 }).at(-1)?.value ?? 'all';
  const wanted = ready(origin);
  if (found?.is === 'censored') {
    const message = `Recovery not complete within ${duration(found.over)}: ${ready(view.span.to - 1)} of ${wanted} pods ready`;
    return [{ t: view.span.to, type: 'not-recovered', message, subject: signal }];
  }
  const after_s =
    found?.is === 'value' ? Number(found.value) : found?.is === 'bounded' ? found.max : undefined;
  if (after_s === undefined || !Number.isFinite(after_s)) return [];
  const t = Math.min(view.span.to, origin + after_s * 1e9);
  return [
    {
      t,
      type: 'recovered',
      message: `Recovery complete: ${wanted} of ${wanted} pods running and ready`,
      subject: signal,
    },
  ];
}
