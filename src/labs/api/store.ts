import { randomUUID } from 'node:crypto';
import type { KubeObject, ObjectKey } from './objects.ts';

export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One committed change, as a watch sends it. `previous` lets a selector watch tell entering from leaving. */
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

const keyText = (key: ObjectKey): string => `${key.resource}/${key.namespace}/${key.name}`;

/**
 * The cluster's state in memory with one global, increasing resourceVersion, as etcd gives it.
 * Objects that leave the store are copies: changing one changes nothing until it is written back.
 */
export class Store {
  readonly #objects = new Map<string, { key: ObjectKey; object: KubeObject }>();
  readonly #listeners = new Set<(change: Change) => void>();
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
    return found === undefined ? undefined : structuredClone(found.object);
  }

  /** All objects of a resource; without a namespace, those of every namespace; sorted by namespace and name. */
  list(resource: string, namespace?: string): KubeObject[] {
    const found = [...this.#objects.values()].filter(
      ({ key }) => key.resource === resource && (namespace === undefined || key.namespace === namespace),
    );
    found.sort((a, b) => (keyText(a.key) < keyText(b.key) ? -1 : 1));
    return found.map(({ object }) => structuredClone(object));
  }

  /** Adds an object; uid, creationTimestamp, generation and resourceVersion are given here. */
  create(key: ObjectKey, object: KubeObject): StoreResult {
    if (this.#objects.has(keyText(key))) return { ok: false, reason: 'AlreadyExists' };
    const added = structuredClone(object);
    added.metadata.uid = randomUUID();
    added.metadata.creationTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;
    added.metadata.generation ??= 1;
    return { ok: true, object: this.#commit('ADDED', key, added) };
  }

  /**
   * Writes an object back. A `resourceVersion` in it that is not the current one is a Conflict; an empty one
   * overwrites. An update that changes nothing keeps its version and tells nobody, as the real API does.
   */
  update(key: ObjectKey, object: KubeObject): StoreResult {
    const found = this.#objects.get(keyText(key));
    if (found === undefined) return { ok: false, reason: 'NotFound' };
    const expected = object.metadata.resourceVersion;
    if (expected !== '' && expected !== found.object.metadata.resourceVersion)
      return { ok: false, reason: 'Conflict' };
    const next = structuredClone(object);
    next.metadata.resourceVersion = found.object.metadata.resourceVersion;
    if (JSON.stringify(next) === JSON.stringify(found.object)) return { ok: true, object: next };
    return { ok: true, object: this.#commit('MODIFIED', key, next) };
  }

  remove(key: ObjectKey): StoreResult {
    const found = this.#objects.get(keyText(key));
    if (found === undefined) return { ok: false, reason: 'NotFound' };
    return { ok: true, object: this.#commit('DELETED', key, structuredClone(found.object)) };
  }

  /** Every change after `since`, unless that is already forgotten. */
  changesSince(since: number): History {
    if (since < this.#oldest - 1) return { gone: true };
    return { gone: false, changes: this.#history.filter((change) => change.version > since) };
  }

  /** Forgets the history, as etcd's compaction does: watches that look back get 410. */
  compact(): void {
    this.#history = [];
    this.#oldest = this.#version + 1;
  }

  /** Calls `listener` right after each commit, in order; returns the function that ends it. */
  subscribe(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #commit(type: ChangeType, key: ObjectKey, object: KubeObject): KubeObject {
    this.#version += 1;
    object.metadata.resourceVersion = String(this.#version);
    const previous = this.#objects.get(keyText(key))?.object;
    if (type === 'DELETED') this.#objects.delete(keyText(key));
    else this.#objects.set(keyText(key), { key, object });
    const change: Change = { version: this.#version, type, key, object: structuredClone(object), previous };
    this.#history.push(change);
    if (this.#history.length > this.#keep) {
      this.#history.shift();
      this.#oldest = this.#history[0]?.version ?? this.#version + 1;
    }
    for (const listener of this.#listeners) listener(change);
    return structuredClone(object);
  }
}
