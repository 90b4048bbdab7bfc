/** A value that is there, or will be. */
export type Soon<T> = T | Promise<T>;

/**
 * Goes on with a value: at once where it is there, without the turns of the event loop's queue that `await` takes.
 *
 * Throws what `next` throws where the value is there, and rejects with it where it is not.
 */
export function whenDone<T, R>(value: Soon<T>, next: (value: T) => R): R | Promise<Awaited<R>> {
  return value instanceof Promise ? (value.then(next) as Promise<Awaited<R>>) : next(value);
}

/** Calls `end` once `work` is through, however it ends. */
export function always<T>(work: () => Soon<T>, end: () => void): Soon<T> {
  let isPromise = false;
  try {
    const value = work();
    if (!(value instanceof Promise)) return value;
    isPromise = true;
    return value.finally(end);
  } finally {
    if (!isPromise) end();
  }
}
