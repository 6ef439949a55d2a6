import { ok } from '../../../model/result.ts';
import type { Answer, Call, Cluster, Sink } from '../http/call.ts';
import { presentBookmark, presentEvent } from '../http/form.ts';
import type { KubeObject } from '../objects.ts';
import { type Selection, selectionOf } from '../select/selection.ts';
import { failure, type Outcome, refuse, type Status } from '../status.ts';
import type { Change, ChangeType, Store } from '../store.ts';

const LONGEST_S = 3_600;
const FORBIDDEN_START =
  'sendInitialEvents is forbidden for watch unless resourceVersionMatch is set to "NotOlderThan"';

/**
 * GET with `watch`: a stream of events, one JSON document a line. Without a resourceVersion (or with "0") what
 * exists comes first, as ADDED. A version that is too old, or that this store never had (it was started anew),
 * is told by an ERROR event with code 410: then clients list again instead of waiting for what cannot come.
 */
export function watch(cluster: Cluster, call: Call): Outcome<Answer> {
  const selection = selectionOf(call.resource, call.query, call.name);
  if (!selection.ok) return selection;
  const since = call.query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(since))
    return refuse(400, `Invalid value: "${since}": strconv.ParseUint: invalid syntax`);
  const initial = call.query.get('sendInitialEvents');
  if (initial !== null && call.query.get('resourceVersionMatch') !== 'NotOlderThan')
    return refuse(422, `sendInitialEvents: Forbidden: ${FORBIDDEN_START}`);
  const gone = Number(since) > 0 && isForgotten(cluster.store, Number(since));
  if (gone && cluster.goneAs === 'status')
    return { ok: false, problem: tooOld(cluster.store, Number(since)) };
  const stream = (sink: Sink) => new Watcher({ cluster, call, sink, selection: selection.value }).run();
  return ok({ stream });
}

const isForgotten = (store: Store, since: number): boolean =>
  since > store.version || store.changesSince(since).gone;

const tooOld = (store: Store, since: number): Status =>
  failure(410, `too old resource version: ${since} (${store.version})`);

interface Parts {
  cluster: Cluster;
  call: Call;
  sink: Sink;
  selection: Selection;
}

/** One open watch. Everything between the look back and the subscription happens in one turn: nothing is lost. */
class Watcher {
  readonly #parts: Parts;
  #first = true;
  #ended = false;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  run(): void {
    const { cluster, call, sink } = this.#parts;
    sink.open('application/json');
    if (!this.#lookBack()) {
      sink.end();
      return;
    }
    const leave = cluster.store.subscribe((change) => this.#change(change));
    const bookmarks = setInterval(() => this.#bookmark(), cluster.bookmarkMs);
    const limit = setTimeout(() => end(), this.#limitMs());
    if (!isTrue(call.query.get('allowWatchBookmarks'))) clearInterval(bookmarks);
    const end = () => {
      this.#ended = true;
      leave();
      clearInterval(bookmarks);
      clearTimeout(limit);
      sink.end();
    };
    if (sink.signal.aborted) end();
    else sink.signal.addEventListener('abort', end, { once: true });
  }

  #limitMs(): number {
    const asked = Number(this.#parts.call.query.get('timeoutSeconds') ?? 0);
    return (asked > 0 ? Math.min(asked, LONGEST_S * 24) : LONGEST_S) * 1_000;
  }

  /** What the watcher has to know before the first new change; false when the stream ends with an error. */
  #lookBack(): boolean {
    const { cluster, call } = this.#parts;
    const since = Number(call.query.get('resourceVersion') || 0);
    const initial = call.query.get('sendInitialEvents');
    if (since > cluster.store.version) return this.#expired(since);
    if (initial === null ? since === 0 : isTrue(initial)) {
      this.#everything();
      if (initial !== null) this.#bookmark(true);
      return true;
    }
    if (since === 0) return true;
    const missed = cluster.store.changesSince(since);
    if (missed.gone) return this.#expired(since);
    for (const change of missed.changes) this.#change(change);
    return true;
  }

  #everything(): void {
    const { cluster, call, selection } = this.#parts;
    const all = cluster.store.list(call.resource.plural, call.namespace);
    for (const object of all.filter(selection.matches)) this.#event('ADDED', object);
  }

  #change(change: Change): void {
    const { call, selection } = this.#parts;
    if (this.#ended || change.key.resource !== call.resource.plural) return;
    if (call.namespace !== undefined && change.key.namespace !== call.namespace) return;
    const type = eventOf(change, selection);
    if (type === 'DELETED') this.#event(type, lastState(change));
    else if (type !== undefined) this.#event(type, change.object);
  }

  #event(type: ChangeType, object: KubeObject): void {
    const { call } = this.#parts;
    const shown = presentEvent(call.resource, object, { ...call, first: this.#first });
    this.#first = false;
    this.#write({ type, object: shown });
  }

  #bookmark(initial = false): void {
    const { cluster, call } = this.#parts;
    const version = { resourceVersion: String(cluster.store.version), initial };
    this.#write({ type: 'BOOKMARK', object: presentBookmark(call.resource, version, call.form) });
  }

  #expired(since: number): false {
    this.#write({ type: 'ERROR', object: tooOld(this.#parts.cluster.store, since) });
    return false;
  }

  #write(event: { type: string; object: object }): void {
    if (!this.#parts.sink.write(`${JSON.stringify(event)}\n`)) this.#ended = true;
  }
}

const isTrue = (text: string | null): boolean => text === 'true' || text === '1';

/** What a change is to somebody who sees only a selection: entering is ADDED, leaving is DELETED. */
function eventOf(change: Change, selection: Selection): ChangeType | undefined {
  const before = change.previous !== undefined && selection.matches(change.previous);
  const after = change.type !== 'DELETED' && selection.matches(change.object);
  if (before && after) return 'MODIFIED';
  if (after) return 'ADDED';
  return before ? 'DELETED' : undefined;
}

/** A deleted object is shown as it was last seen in the selection, with the version of the change. */
function lastState(change: Change): KubeObject {
  const last = change.type === 'DELETED' ? change.object : (change.previous ?? change.object);
  const { resourceVersion } = change.object.metadata;
  return { ...last, metadata: { ...last.metadata, resourceVersion } };
}
