import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject, ObjectKey } from './objects.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/**
 * One committed change, as a watch sends it. `previous` lets a selector watch tell entering from leaving.
 * All listeners share its objects: copy before you change one.
 */
export interface Change {
  version: number;
  type: ChangeType;
  key: ObjectKey;
  object: KubeObject;
  previous: KubeObject | undefined;
}

/** Why a write was refused, in the words of the API's Status reasons. */
export type StoreRefusal = 'NotFound' | 'AlreadyExists' | 'Conflict';

export type StoreResult = { ok: true; object: KubeObject } | { ok: false; reason: StoreRefusal };

/** `gone` means that `since` is older than the history kept: the watcher must list again (HTTP 410). */
export type History = { gone: false; changes: Change[] } | { gone: true };

/** `gone` means that the state of that version can no longer be told. */
export type Snapshot = { gone: false; objects: KubeObject[] } | { gone: true };

type Held = { key: ObjectKey; object: KubeObject };

const keyText = (key: ObjectKey): string => `${key.resource}/${key.namespace}/${key.name}`;

/** A copy as JSON carries it: fields that are undefined are not there. */
const copyOf = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The kinds whose `metadata.generation` counts the changes of their spec; the others have none. */
const COUNTED = new Set(['deployments', 'replicasets', 'daemonsets', 'statefulsets']);

/**
 * The cluster's state in memory with one global, increasing resourceVersion, as etcd gives it.
 * Objects that leave the store are copies: changing one changes nothing until it is written back.
 */
export class Store {
  readonly #objects = new Map<string, Held>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #undelivered: { change: Change; to: ((change: Change) => void)[] }[] = [];
  #delivering = false;
  #history: Change[] = [];
  #version = 1;
  #oldest = 1;
  readonly #keep: number;

  /** @param options.keep how many changes a watch can look back; older ones answer 410. */
  constructor(options: { keep?: number } = {}) {
    this.#keep = options.keep ?? 5_000;
  }

  /** The version of the newest change. */
  get version(): number {
    return this.#version;
  }

  get(key: ObjectKey): KubeObject | undefined {
    const found = this.#objects.get(keyText(key));
    return found === undefined ? undefined : copyOf(found.object);
  }

  /** All objects of a resource; without a namespace, those of every namespace; sorted by namespace and name. */
  list(resource: string, namespace?: string): KubeObject[] {
    return sorted(this.#objects.values(), resource, namespace);
  }

  /** As `list`, but as it was right after the change `version`; told from the history. */
  listAt(version: number, resource: string, namespace?: string): Snapshot {
    if (version < this.#oldest - 1) return { gone: true };
    const then = new Map(this.#objects);
    for (const { key, previous } of this.#after(version).toReversed()) {
      if (previous === undefined) then.delete(keyText(key));
      else then.set(keyText(key), { key, object: previous });
    }
    return { gone: false, objects: sorted(then.values(), resource, namespace) };
  }

  /** Adds an object; uid, creationTimestamp, generation and resourceVersion are given here. */
  create(key: ObjectKey, object: KubeObject): StoreResult {
    if (this.#objects.has(keyText(key))) return { ok: false, reason: 'AlreadyExists' };
    const added = copyOf(object);
    added.metadata.uid = randomUUID();
    added.metadata.creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;
    if (COUNTED.has(key.resource)) added.metadata.generation = 1;
    return { ok: true, object: this.#commit('ADDED', key, added) };
  }

  /**
   * Writes an object back. A `resourceVersion` in it that is not the current one is a Conflict; an empty one
   * overwrites, but only the object with the same uid (or an empty uid): never its successor of the same name.
   * An update that changes nothing keeps its version and tells nobody, as the real API does.
   */
  update(key: ObjectKey, object: KubeObject): StoreResult {
    const found = this.#objects.get(keyText(key))?.object;
    if (found === undefined) return { ok: false, reason: 'NotFound' };
    const { resourceVersion: expected, uid } = object.metadata;
    if (expected && expected !== found.metadata.resourceVersion) return { ok: false, reason: 'Conflict' };
    if (uid && uid !== found.metadata.uid) return { ok: false, reason: 'Conflict' };
    const next = copyOf(object);
    keepIdentity(next, found);
    if (isDeepStrictEqual(next, found)) return { ok: true, object: next };
    if (COUNTED.has(key.resource) && !isDeepStrictEqual(next['spec'], found['spec'])) {
      next.metadata.generation = (found.metadata.generation ?? 0) + 1;
    }
    return { ok: true, object: this.#commit('MODIFIED', key, next) };
  }

  remove(key: ObjectKey): StoreResult {
    const found = this.#objects.get(keyText(key));
    if (found === undefined) return { ok: false, reason: 'NotFound' };
    return { ok: true, object: this.#commit('DELETED', key, copyOf(found.object)) };
  }

  /** Every change after `since`, unless that is already forgotten. */
  changesSince(since: number): History {
    if (since < this.#oldest - 1) return { gone: true };
    return { gone: false, changes: copyOf(this.#after(since)) };
  }

  /** Forgets the history, as etcd's compaction does: watches that look back get 410. */
  compact(): void {
    this.#history = [];
    this.#oldest = this.#version + 1;
  }

  /**
   * Calls `listener` after each commit, in the order of the versions, even when a listener writes to the store
   * itself; returns the function that ends it. A listener that throws does not stop the write or the others.
   */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #after(version: number): Change[] {
    return this.#history.filter((change) => change.version > version);
  }

  #commit(type: ChangeType, key: ObjectKey, object: KubeObject): KubeObject {
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    const previous = this.#objects.get(keyText(key))?.object;
    if (type === 'DELETED') this.#objects.delete(keyText(key));
    else this.#objects.set(keyText(key), { key: { ...key }, object });
    const change: Change = { version: this.#version, type, key: { ...key }, object, previous };
    this.#history.push(change);
    if (this.#history.length > this.#keep) {
      this.#history.shift();
      this.#oldest = this.#history[0]?.version ?? this.#version + 1;
    }
    this.#undelivered.push({ change, to: [...this.#listeners] });
    this.#deliver();
    return copyOf(object);
  }

  #deliver(): void {
    if (this.#delivering) return;
    this.#delivering = true;
    for (let next = this.#undelivered.shift(); next !== undefined; next = this.#undelivered.shift()) {
      const shared: Change = {
        ...next.change,
        object: copyOf(next.change.object),
        previous: next.change.previous && copyOf(next.change.previous),
      };
      for (const listener of next.to) if (this.#listeners.has(listener)) tell(listener, shared);
    }
    this.#delivering = false;
  }
}

function sorted(held: Iterable<Held>, resource: string, namespace: string | undefined): KubeObject[] {
  const found = [...held].filter(
    ({ key }) => key.resource === resource && (namespace === undefined || key.namespace === namespace),
  );
  found.sort((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1));
  return found.map(({ object }) => copyOf(object));
}

/** What no update may change, whoever writes. */
function keepIdentity(next: KubeObject, found: KubeObject): void {
  const { resourceVersion, uid, creationTimestamp, generation } = found.metadata;
  Object.assign(next.metadata, { resourceVersion, uid, creationTimestamp });
  if (generation === undefined) delete next.metadata.generation;
  else next.metadata.generation = generation;
}

/** A throwing listener is a bug: it surfaces as an uncaught exception, without breaking somebody else's write. */
function tell(listener: (change: Change) => void, change: Change): void {
  try {
    listener(change);
  } catch (bug) {
    queueMicrotask(() => {
      throw bug;
    });
  }
}
