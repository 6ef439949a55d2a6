import type { Sink } from '../../model/contracts/signal.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Nanos } from '../../model/time.ts';
import { uidOf } from '../../reach/kubernetes/fields.ts';
import type { Book, Seen } from '../watch/book.ts';
import { deletion, presence, type Transition, transitions } from './changes.ts';
import { type PodView, present, viewOf } from './view.ts';

/** Counts of pods, each in one of the first three ways at most; a terminating pod counts as terminating only. */
export const gauges = ['ready', 'running', 'pending', 'terminating'] as const;

type Counts = Record<(typeof gauges)[number], number>;

/** What we know of each pod, by uid; writes every difference to the recording. */
export class PodBook implements Book {
  readonly #sink: Sink;
  readonly #pods = new Map<string, PodView>();
  #counts: Counts | undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** The state at the start: nothing has happened yet, but each pod is told as `present`. */
  begin(pods: readonly JsonObject[], t: Nanos): void {
    for (const pod of pods) {
      const view = viewOf(pod);
      this.#pods.set(view.uid, view);
      this.#tell(view, presence(view), { t });
    }
    this.#count({ t });
  }

  /** A pod as it is now. */
  set(pod: JsonObject, seen: Seen): void {
    this.#compare(pod, seen);
    this.#count(seen);
  }

  /** A pod as it was when it went. */
  remove(pod: JsonObject, seen: Seen): void {
    const last = this.#compare(pod, seen);
    this.#forget(last, seen);
    this.#count(seen);
  }

  /** All pods as they are now, where what happened in between was not seen. */
  reconcile(pods: readonly JsonObject[], seen: Seen): void {
    const there = new Set(pods.map(uidOf));
    const gone = [...this.#pods.values()].filter(({ uid }) => !there.has(uid));
    for (const pod of gone) this.#forget(pod, seen);
    for (const pod of pods) this.#compare(pod, seen);
    this.#count(seen);
  }

  /** The version of each pod that we know, by uid. */
  versions(): Map<string, string> {
    return new Map([...this.#pods.values()].map(({ uid, version }) => [uid, version]));
  }

  #compare(pod: JsonObject, seen: Seen): PodView {
    const view = viewOf(pod);
    for (const transition of transitions(this.#pods.get(view.uid), view)) this.#tell(view, transition, seen);
    this.#pods.set(view.uid, view);
    return view;
  }

  #forget(pod: PodView, seen: Seen): void {
    this.#pods.delete(pod.uid);
    this.#tell(pod, deletion(pod), seen);
  }

  #tell(pod: PodView, transition: Transition, seen: Seen): void {
    const { type, detail, foreign_t } = transition;
    const foreign = foreign_t === undefined ? {} : { foreign_t, foreign_error_s: 1 };
    this.#sink.event('transitions', { ...seen, type, subject: `pod/${pod.name}`, detail, ...foreign });
  }

  #count(seen: Seen): void {
    const counts = countOf([...this.#pods.values()]);
    for (const gauge of gauges) {
      if (this.#counts?.[gauge] === counts[gauge]) continue;
      this.#sink.point(gauge, { t: seen.t, value: counts[gauge], ...present('since', seen.since) });
    }
    this.#counts = counts;
  }
}

/** As a replica set counts them: a pod that is being deleted is neither ready nor running any more. */
function countOf(pods: readonly PodView[]): Counts {
  const staying = pods.filter(({ deletingSince }) => deletingSince === undefined);
  return {
    ready: staying.filter(({ ready }) => ready).length,
    running: staying.filter(({ phase }) => phase === 'Running').length,
    pending: staying.filter(({ phase }) => phase === 'Pending').length,
    terminating: pods.length - staying.length,
  };
}
