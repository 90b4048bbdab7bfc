import { randomUUID } from "node:crypto";
import PgBoss from "pg-boss";
import type { Database, Queryable } from "../database/database.js";
import { alone } from "../database/migrate.js";

/** What a message asks for: a shard of a job, or, as shard -1, that the job be cut into shards. */
export interface TaskMessage {
  readonly project: string;
  readonly job: string;
  readonly shard: number;
}

/** A message that was fetched and is neither completed nor failed. */
export interface FetchedMessage {
  readonly id: string;
  readonly task: TaskMessage;
}

/**
 * The pull queue that any number of worker hosts share, in the database itself (pg-boss, in a schema of its own).
 *
 * Every call takes the transaction that it belongs to, so that a message and the row that it is about change together or not at all.
 */
export interface JobQueue {
  send(transaction: Queryable, tasks: readonly TaskMessage[]): Promise<readonly string[]>;
  /** The oldest message that is due, now nobody else's. */
  fetch(transaction: Queryable): Promise<FetchedMessage | undefined>;
  complete(transaction: Queryable, id: string): Promise<void>;
  /** Sends the message round again after a pause that doubles, or to the dead letters after the last try. */
  fail(transaction: Queryable, id: string, reason: string): Promise<void>;
  /** Puts a fetched message back, to be fetched at once. */
  putBack(transaction: Queryable, id: string): Promise<void>;
  cancel(transaction: Queryable, ids: readonly string[]): Promise<void>;
  /** A message whose tries are used up. */
  fetchDead(transaction: Queryable): Promise<FetchedMessage | undefined>;
  completeDead(transaction: Queryable, id: string): Promise<void>;
  close(): Promise<void>;
}

const schema = "tureen_queue";
const queue = "tasks";
const deadLetters = "dead-tasks";

/** With pauses from 1 s that double, the last try comes after about four minutes: longer than a host takes to come back. */
const retryLimit = 7;
const retryDelaySeconds = 1;
/** pg-boss's own limit is a day. Leases, which are extended, tell far earlier that a worker is gone: `tureen_tasks.lease_until`. */
const longestTaskSeconds = 23 * 3600;
/** Seconds between pg-boss's clearing of old messages, of all processes together. */
const maintenanceSeconds = 120;

interface Executor {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

function executorOn(target: Queryable, script?: Database["script"]): Executor {
  return {
    async executeSql(text, values) {
      if (values === undefined && script !== undefined && text.includes(";")) {
        await script(text);
        return { rows: [] };
      }
      return { rows: [...(await target.query(text, values ?? []))] };
    },
  };
}

/** Opens the queue, after making its tables where they are missing. */
export async function openJobQueue(database: Database): Promise<JobQueue> {
  const boss = new PgBoss({
    db: executorOn(database, database.script),
    schema,
    schedule: false,
    maintenanceIntervalSeconds: maintenanceSeconds,
  });
  // Maintenance that a database's restart cuts off is done at the next interval.
  boss.on("error", () => {});
  await alone(database, async () => {
    await boss.start();
    await boss.createQueue(deadLetters);
    await boss.createQueue(queue, {
      name: queue,
      retryLimit,
      retryDelay: retryDelaySeconds,
      retryBackoff: true,
      deadLetter: deadLetters,
      expireInSeconds: longestTaskSeconds,
    });
  });
  const within = (transaction: Queryable): { readonly db: Executor } => ({ db: executorOn(transaction) });
  const fetchFrom = async (name: string, transaction: Queryable): Promise<FetchedMessage | undefined> => {
    const [message] = await boss.fetch<TaskMessage>(name, { ...within(transaction), batchSize: 1 });
    return message === undefined ? undefined : { id: message.id, task: message.data };
  };
  return {
    async send(transaction, tasks) {
      const messages = tasks.map((data) => ({ id: randomUUID(), name: queue, data }));
      await boss.insert(messages, within(transaction));
      return messages.map(({ id }) => id);
    },
    fetch: (transaction) => fetchFrom(queue, transaction),
    complete: (transaction, id) => boss.complete(queue, id, {}, within(transaction)),
    fail: (transaction, id, message) => boss.fail(queue, id, { message }, within(transaction)),
    async putBack(transaction, id) {
      await boss.cancel(queue, id, within(transaction));
      await boss.resume(queue, id, within(transaction));
    },
    async cancel(transaction, ids) {
      if (ids.length > 0) await boss.cancel(queue, [...ids], within(transaction));
    },
    fetchDead: (transaction) => fetchFrom(deadLetters, transaction),
    completeDead: (transaction, id) => boss.complete(deadLetters, id, {}, within(transaction)),
    close: () => boss.stop({ graceful: false, close: false }),
  };
}
