/**
 * Work that several may wait for at once: it is done once for all who ask while it goes on, and ended when none of
 * them waits any more.
 */
export function shared<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let now: { done: Promise<T>; waiting: number; ending: AbortController } | undefined;
  const start = (): NonNullable<typeof now> => {
    const ending = new AbortController();
    const one = { waiting: 0, ending, done: work(ending.signal) };
    const forget = (): void => {
      if (now === one) now = undefined;
    };
    one.done.then(forget, forget);
    return one;
  };
  return async (signal) => {
    now ??= start();
    const one = now;
    one.waiting += 1;
    let isWaiting = true;
    const leave = (): void => {
      if (!isWaiting) return;
      isWaiting = false;
      one.waiting -= 1;
      if (one.waiting > 0) return;
      one.ending.abort();
      if (now === one) now = undefined;
    };
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await one.done;
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  };
}
