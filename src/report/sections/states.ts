import type { Occurrence } from '../../model/series.ts';
import type { Nanos } from '../../model/time.ts';
import { changed, code, heading, paragraph, type Section, type Text, table } from '../document/blocks.ts';
import { healsItself, seriesOf, since, type View } from '../view.ts';
import { counted, moment } from '../words/figures.ts';

/** What is known of each thing (pod) at a moment: subject to its words. */
type State = ReadonlyMap<string, string>;

/** A pod as its transitions have told it so far. */
interface Pod {
  phase: string;
  ready: boolean;
  terminating: boolean;
  /** Why a container waits or has ended: ContainerCreating, CrashLoopBackOff, OOMKilled. */
  trouble: string | undefined;
  restarts: number;
}

const unknownPod: Pod = {
  phase: 'unknown',
  ready: false,
  terminating: false,
  trouble: undefined,
  restarts: 0,
};

/** One transition further; see the event types of `kubernetes.pods`. */
function told(pod: Pod, { type, detail }: Occurrence): Pod {
  const { phase, state, reason, restartCount } = detail;
  const next: Pod = {
    ...pod,
    ...(typeof phase === 'string' ? { phase } : {}),
    ...(typeof restartCount === 'number' ? { restarts: Math.max(pod.restarts, restartCount) } : {}),
  };
  if (type === 'present')
    return { ...next, ready: detail['ready'] === true, terminating: detail['terminating'] === true };
  if (type === 'ready' || type === 'unready') return { ...next, ready: type === 'ready' };
  if (type === 'deleting') return { ...next, terminating: true };
  if (typeof state !== 'string') return next;
  return { ...next, trouble: state !== 'running' && typeof reason === 'string' ? reason : undefined };
}

/** `Running, ready, 2 restarts`: a pod's line as `kubectl get pods` would give it. */
function podWords(pod: Pod): string {
  const status = pod.terminating ? 'Terminating' : (pod.trouble ?? pod.phase);
  const restarts = pod.restarts > 0 ? [counted(pod.restarts, 'restart')] : [];
  return [status, pod.ready ? 'ready' : 'not ready', ...restarts].join(', ');
}

/** Folds transitions up to a moment, that moment included. */
function stateAt(events: readonly Occurrence[], t: Nanos): State {
  const known = new Map<string, Pod>();
  for (const event of events) {
    if (event.t > t) break;
    if (event.type === 'deleted') known.delete(event.subject);
    else known.set(event.subject, told(known.get(event.subject) ?? unknownPod, event));
  }
  return new Map([...known].map(([subject, pod]) => [subject, podWords(pod)]));
}

const differences = (a: State, b: State): number =>
  [...new Set([...a.keys(), ...b.keys()])].filter((key) => a.get(key) !== b.get(key)).length;

/** The end of the hold; for what is over at once, the moment in the fault window when most was different. */
function duringMoment(view: View, events: readonly Occurrence[]): Nanos {
  const { fault } = view.result.windows;
  const undoing = view.result.injections.flatMap((one) =>
    one.undoing === undefined || healsItself(one) ? [] : [one.undoing],
  );
  if (undoing.length > 0) return Math.min(...undoing) - 1;
  const before = stateAt(events, view.zero);
  const times = events
    .filter((one) => fault !== undefined && one.t >= fault.from && one.t <= fault.to)
    .map((one) => one.t);
  const ranked = times.map((t) => ({ t, score: differences(before, stateAt(events, t)) }));
  return ranked.toSorted((a, b) => b.score - a.score || a.t - b.t)[0]?.t ?? fault?.to ?? view.zero;
}

function stateTable(view: View, events: readonly Occurrence[]): Section['blocks'][number] {
  const during = duringMoment(view, events);
  const states = [view.zero, during, view.span.to].map((t) => stateAt(events, t));
  const [before = new Map<string, string>()] = states;
  const subjects = [...new Set(states.flatMap((state) => [...state.keys()]))];
  const cell = (state: State, subject: string): Text => {
    const words = state.get(subject) ?? 'not there';
    return words === (before.get(subject) ?? 'not there') ? words : [changed(words)];
  };
  const rows = subjects.map((subject): Text[] => [
    [code(subject)],
    ...states.map((state) => cell(state, subject)),
  ]);
  return table(['', 'before', `during (${moment(since(view, during))})`, 'after'], rows);
}

/** What there was before, during and after, changed cells marked; absent where no signal tells. */
export function statesSection(view: View): Section | undefined {
  const blocks = seriesOf(view, 'events').flatMap((series) => {
    // What was there before is told as the signal starts, a moment before the baseline.
    const events = view.samples.events(series.key, { from: 0, to: view.span.to });
    const tells = series.kind === 'kubernetes.pods' && events.length > 0;
    return tells ? [heading(series.signal), stateTable(view, events)] : [];
  });
  if (blocks.length === 0 || !view.injected) return undefined;
  return {
    id: 'states',
    title: 'Before, during, after',
    blocks: [...blocks, paragraph('Marked cells differ from before.')],
  };
}
