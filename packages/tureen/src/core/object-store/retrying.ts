import { type Clock, systemClock } from "../clock.js";
import { StatusError } from "../status-error.js";
import type { ListOptions, ObjectPage, ObjectStore, PartUpload, ReadOptions } from "./object-store.js";

/** How often and how fast failed operations are tried again. */
export interface RetrySchedule {
  readonly attempts: number;
  /** Milliseconds before the second attempt; each further one waits twice as long, up to `maxWaitMs`. Half of it is left to chance. */
  readonly waitMs: number;
  readonly maxWaitMs: number;
}

/** A store that fails one call in ten fails eight in a row once in a hundred million; the waits add up to ten seconds. */
export const usualRetries: RetrySchedule = Object.freeze({ attempts: 8, waitMs: 100, maxWaitMs: 4000 });

/**
 * A store whose operations are tried again while they are UNAVAILABLE, with growing waits between the attempts.
 *
 * A read that breaks off goes on where it was, on the same content: the object's etag is held from one attempt to the next. Each operation
 * may be repeated without harm, as objects are put whole.
 */
export function retrying(
  store: ObjectStore,
  schedule: RetrySchedule = usualRetries,
  clock: Clock = systemClock,
): ObjectStore {
  const again = async <T>(act: () => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await act();
      } catch (error) {
        await waitOrThrow(error, attempt, schedule, clock);
      }
    }
  };
  return {
    scheme: store.scheme,
    list: (bucket: string, prefix: string, options?: ListOptions): Promise<ObjectPage> =>
      again(() => store.list(bucket, prefix, options)),
    head: (bucket, key) => again(() => store.head(bucket, key)),
    put: (bucket, key, bytes) => again(() => store.put(bucket, key, bytes)),
    copy: (bucket, from, to) => again(() => store.copy(bucket, from, to)),
    delete: (bucket, key) => again(() => store.delete(bucket, key)),
    async putParts(bucket: string, key: string): Promise<PartUpload> {
      const upload = await again(() => store.putParts(bucket, key));
      return {
        part: (number, bytes, isLast) => again(() => upload.part(number, bytes, isLast)),
        complete: () => again(() => upload.complete()),
        abort: () => again(() => upload.abort()),
      };
    },
    async *read(bucket: string, key: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
      let position = options.start ?? 0;
      let failures = 0;
      let { etag } = options;
      const onEtag = (first: string): void => {
        etag ??= first;
        options.onEtag?.(first);
      };
      for (;;) {
        const held = etag === undefined ? { onEtag } : { etag };
        try {
          for await (const chunk of store.read(bucket, key, { ...options, ...held, start: position })) {
            position += chunk.length;
            failures = 0;
            yield chunk;
          }
          return;
        } catch (error) {
          failures += 1;
          await waitOrThrow(error, failures, schedule, clock);
          // A last chunk may have arrived before its connection broke.
          if (options.end !== undefined && position >= options.end) return;
        }
      }
    },
  };
}

async function waitOrThrow(error: unknown, attempt: number, schedule: RetrySchedule, clock: Clock): Promise<void> {
  if (!(error instanceof StatusError) || error.code !== "UNAVAILABLE" || attempt >= schedule.attempts) throw error;
  const wait = Math.min(schedule.waitMs * 2 ** (attempt - 1), schedule.maxWaitMs);
  await clock.sleep(wait * (0.5 + Math.random() / 2));
}
