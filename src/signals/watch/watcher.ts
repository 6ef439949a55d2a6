import type { Sink } from '../../model/contracts/signal.ts';
import type { ApiFailure, Clock, KubernetesApi, WatchEnd, WatchEvent } from '../../model/contracts/world.ts';
import { fail, ok, type Problem, type Result } from '../../model/result.ts';
import { NANOS_PER_MILLISECOND, type Nanos } from '../../model/time.ts';
import { failureProblem } from '../../reach/kubernetes/failure.ts';
import { uidOf, versionOf } from '../../reach/kubernetes/fields.ts';
import { type Listed, listAll, PAGE } from '../../reach/kubernetes/list.ts';
import type { Book } from './book.ts';
import { Doubts } from './doubts.ts';

/** Pauses between looks at the truth: while all is well (for each full page of the list), and while it is not. */
const PULSE_MS = 3_000;
const HURRY_MS = 250;
const READ_DEADLINE_MS = 3_000;
/** A stream that comes back within this has missed nothing and left no gap worth a word. */
const GRACE_MS = 1_000;
const OPEN_WITHIN_MS = 15_000;
const BACK_OFF_MS = [0, 50, 100, 250, 500, 1_000, 2_000];
/** A server ends a watch after a while; ours ends it in a planned way before that. */
const WATCH_S = 290;

export interface WatchOptions {
  api: KubernetesApi;
  /** What is watched, as kubectl names it: pods, events. */
  what: string;
  book: Book;
  path: string;
  query: Record<string, string>;
  clock: Clock;
  sink: Sink;
  signal: AbortSignal;
}

/**
 * Follows a collection by list, watch and bookmarks. A watch that says nothing is not proof of a calm cluster (it stays open
 * and silent while etcd hangs), so every few seconds a quorum read compares what we know with the truth.
 *
 * We observe while the stream is open and what we know has been found true. Otherwise we are *lost* since the last
 * moment at which it was, and all that is seen while lost happened between then and when it was seen.
 */
export class Watcher {
  readonly #options: WatchOptions;
  readonly #book: Book;
  readonly #doubts = new Doubts();
  readonly #first = Promise.withResolvers<void>();
  #version = '';
  #open = false;
  #agreed = false;
  #blind = true;
  #heard: Nanos;
  #lost: Nanos | undefined;
  #why = '';
  #noticed: Nanos;
  #stream = new AbortController();
  #nap = new AbortController();
  /** The longer the list, the rarer it is read, so that we stay a small part of what the API has to do. */
  #pulse_ms = PULSE_MS;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#book = options.book;
    this.#heard = options.clock.now();
    this.#lost = this.#heard;
    this.#noticed = this.#heard;
  }

  /** Reads what is there and opens the stream; from then on it goes on by itself until the signal ends. */
  async start(): Promise<Result<{ ended: Promise<void> }>> {
    const { api, what, signal, clock } = this.#options;
    const listed = await this.#list();
    if (!listed.ok) {
      return fail(failureProblem(api, listed.problem, { doing: `list ${what}`, code: 'signal-failed' }));
    }
    this.#book.begin(listed.value.items, clock.now());
    this.#version = listed.value.version;
    this.#agreed = true;
    const ended = Promise.all([this.#follow(), this.#check()]).then(() => undefined);
    await Promise.race([this.#first.promise, clock.sleep(OPEN_WITHIN_MS, signal)]);
    return this.#blind ? fail(notOpened(api, what)) : ok({ ended });
  }

  /** The stream, again and again. */
  async #follow(): Promise<void> {
    const { api, path, query, clock, signal } = this.#options;
    let failures = 0;
    while (!signal.aborted) {
      if (this.#version === '' && !(await this.#relist())) {
        failures += 1;
        await clock.sleep(backOff(failures), signal);
        continue;
      }
      this.#stream = new AbortController();
      const opened = clock.now();
      const request = {
        path,
        query: {
          ...query,
          resourceVersion: this.#version,
          allowWatchBookmarks: 'true',
          timeoutSeconds: String(WATCH_S),
        },
        onOpen: () => this.#onOpen(),
      };
      const either = AbortSignal.any([signal, this.#stream.signal]);
      const end = await api.watch(request, (event) => this.#onEvent(event), either);
      this.#onEnd(end);
      const lived_ms = (clock.now() - opened) / NANOS_PER_MILLISECOND;
      failures = lived_ms > GRACE_MS ? 0 : failures + 1;
      await clock.sleep(backOff(failures), signal);
    }
  }

  #onOpen(): void {
    this.#open = true;
    this.#settle();
  }

  #onEvent(event: WatchEvent): void {
    const t = this.#options.clock.now();
    const version = versionOf(event.object);
    if (version !== '') this.#version = version;
    if (event.type === 'DELETED') this.#book.remove(event.object, this.#when(t));
    else if (event.type !== 'BOOKMARK') this.#book.set(event.object, this.#when(t));
    if (this.#lost === undefined) this.#heard = t;
  }

  /** A stream that just ended lost nothing: it goes on from its last version, unless that is gone. */
  #onEnd(end: WatchEnd): void {
    this.#open = false;
    if (end.why === 'gone') this.#version = '';
    this.#lose(endText(end));
  }

  /** Everything anew, because the history that we missed is not kept any more. What differs was not seen. */
  async #relist(): Promise<boolean> {
    const listed = await this.#list();
    if (!listed.ok) {
      this.#lose(listed.problem.text);
      return false;
    }
    this.#book.reconcile(listed.value.items, this.#when(this.#options.clock.now()));
    this.#version = listed.value.version;
    this.#agreed = true;
    return true;
  }

  /** The truth, again and again, compared with what we know. */
  async #check(): Promise<void> {
    const { clock, signal } = this.#options;
    while (!signal.aborted) {
      this.#nap = new AbortController();
      const calm = this.#lost === undefined && !this.#doubts.any;
      await clock.sleep(calm ? this.#pulse_ms : HURRY_MS, AbortSignal.any([signal, this.#nap.signal]));
      if (!signal.aborted) await this.#pulse();
      this.#tellLost();
    }
  }

  async #pulse(): Promise<void> {
    const { clock } = this.#options;
    const began = clock.now();
    const listed = await this.#list();
    if (this.#options.signal.aborted) return;
    if (!listed.ok) {
      const silent_ms = (clock.now() - this.#heard) / NANOS_PER_MILLISECOND;
      if (this.#lost !== undefined || silent_ms > this.#pulse_ms) this.#lose(listed.problem.text);
      return;
    }
    const versions = new Map(listed.value.items.map((one) => [uidOf(one), versionOf(one)]));
    const judged = this.#doubts.compare(this.#book.versions(), versions);
    if (judged === 'same') {
      this.#agreed = true;
      this.#heard = Math.max(this.#heard, began);
      this.#settle();
    } else if (judged === 'stuck' && this.#open) {
      this.#lose('the watch is open but does not tell what the API knows');
      this.#stream.abort();
    }
  }

  async #list(): Promise<Result<Listed, ApiFailure>> {
    const { api, path, query, signal } = this.#options;
    const listed = await listAll(api, { path, query, deadline_ms: READ_DEADLINE_MS }, signal);
    if (listed.ok) this.#pulse_ms = PULSE_MS * Math.max(1, Math.ceil(listed.value.items.length / PAGE));
    return listed;
  }

  /** From now on things may be seen late, or missed. */
  #lose(why: string): void {
    if (this.#options.signal.aborted) return;
    this.#agreed = false;
    this.#why = why;
    if (this.#lost === undefined) {
      this.#lost = this.#heard;
      this.#noticed = this.#options.clock.now();
    }
    this.#nap.abort();
  }

  /** Tells the recording that we are lost, once that is more than a stream that is opened again. */
  #tellLost(): void {
    if (this.#lost === undefined || this.#blind) return;
    if ((this.#options.clock.now() - this.#noticed) / NANOS_PER_MILLISECOND < GRACE_MS) return;
    this.#blind = true;
    this.#options.sink.blind(this.#why, this.#lost);
  }

  #settle(): void {
    if (!this.#open || !this.#agreed) return;
    this.#lost = undefined;
    if (this.#blind) this.#options.sink.observing();
    this.#blind = false;
    this.#first.resolve();
  }

  #when(t: Nanos): { t: Nanos; since?: Nanos } {
    return this.#lost === undefined ? { t } : { t, since: this.#lost };
  }
}

const backOff = (failures: number): number => BACK_OFF_MS[Math.min(failures, BACK_OFF_MS.length - 1)] ?? 0;

function endText(end: WatchEnd): string {
  switch (end.why) {
    case 'gone':
      return 'the API has forgotten where we were (410): what happened since is inferred';
    case 'failed':
      return end.failure.text;
    default:
      return 'the watch ended';
  }
}

const notOpened = (api: KubernetesApi, what: string): Problem => ({
  code: 'signal-failed',
  message: `The cluster ${api.about.context} lists ${what} but did not open a watch within ${OPEN_WITHIN_MS / 1_000} s.`,
  fix: `Try \`kubectl --context ${api.about.context} get ${what} --watch\`.`,
});
