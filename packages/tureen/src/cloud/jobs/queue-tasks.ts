import type { Json } from "../api/update-mask.js";
import type { Queryable } from "../database/database.js";
import type { JobRow } from "../store/resources.js";
import type { JobQueue } from "./job-queue.js";
import { maxWorkerCountOf } from "./prediction-input.js";
import { noteMessages, unsentTasks } from "./task-rows.js";

/**
 * Queues as many of a job's shards as may have a worker, `maxWorkerCount`; the others follow as these end. The job's row has to be locked.
 *
 * So no worker ever fetches a shard that it must not begin, and a job with few workers keeps no other job waiting.
 */
export async function queueTasks(
  transaction: Queryable,
  queue: JobQueue,
  { project, id: job, body }: JobRow,
): Promise<void> {
  const shards = await unsentTasks(transaction, { project, job }, maxWorkerCountOf(body["predictionInput"] as Json));
  if (shards.length === 0) return;
  const messages = await queue.send(
    transaction,
    shards.map((shard) => ({ project, job, shard })),
  );
  await noteMessages(
    transaction,
    { project, job },
    shards.map((shard, i) => ({ shard, message: messages[i]! })),
  );
}
