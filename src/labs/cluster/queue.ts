/** A work queue of keys: each key is worked on once however often it was added, and never within `add` itself. */
export interface WorkQueue {
  add(key: string): void;
  /** Adds the key after `ms`; an earlier appointment of the same key stays. */
  addLater(key: string, ms: number): void;
  stop(): void;
}

/** Makes a queue that calls `work` for its keys, one turn of the event loop after they came. */
export function createQueue(work: (key: string) => void): WorkQueue {
  const keys = new Set<string>();
  const later = new Map<string, NodeJS.Timeout>();
  let turn: NodeJS.Immediate | undefined;
  const drain = (): void => {
    turn = undefined;
    const now = [...keys];
    keys.clear();
    for (const key of now) work(key);
  };
  const add = (key: string): void => {
    keys.add(key);
    turn ??= setImmediate(drain);
  };
  return {
    add,
    addLater(key, ms) {
      if (later.has(key)) return;
      const timer = setTimeout(() => {
        later.delete(key);
        add(key);
      }, ms);
      later.set(key, timer);
    },
    stop() {
      if (turn !== undefined) clearImmediate(turn);
      for (const timer of later.values()) clearTimeout(timer);
      keys.clear();
    },
  };
}
