import type { Database } from "./database.js";

/** Any number will do that no other program takes for its own lock in the same database. */
const lockKey = 7_408_310;

/** Steps from an empty database to the present one, oldest first; a step that has been released is never changed. */
const steps: readonly (readonly string[])[] = [
  [
    `CREATE TABLE tureen_models (
       project text NOT NULL, name text NOT NULL, body jsonb NOT NULL, default_version text, etag text NOT NULL,
       PRIMARY KEY (project, name))`,
    `CREATE TABLE tureen_versions (
       project text NOT NULL, model text NOT NULL, name text NOT NULL, body jsonb NOT NULL, state text NOT NULL,
       path text, owner text NOT NULL, etag text NOT NULL,
       PRIMARY KEY (project, model, name),
       FOREIGN KEY (project, model) REFERENCES tureen_models (project, name))`,
    `CREATE TABLE tureen_operations (
       project text NOT NULL, id text NOT NULL, body jsonb NOT NULL, done boolean NOT NULL, owner text NOT NULL,
       created timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (project, id))`,
    `CREATE TABLE tureen_jobs (
       project text NOT NULL, id text NOT NULL, body jsonb NOT NULL, state text NOT NULL, owner text NOT NULL, etag text NOT NULL,
       model_dir text NOT NULL, created timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (project, id))`,
  ],
  [
    "ALTER TABLE tureen_jobs ADD COLUMN plan jsonb",
    "ALTER TABLE tureen_versions ADD COLUMN number bigserial",
    `CREATE TABLE tureen_tasks (
       project text NOT NULL, job text NOT NULL, shard integer NOT NULL, ranges jsonb NOT NULL DEFAULT '[]', message uuid NOT NULL,
       state text NOT NULL DEFAULT 'WAITING', worker text, claim integer NOT NULL DEFAULT 0, lease_until timestamptz,
       predictions bigint NOT NULL DEFAULT 0, errors bigint NOT NULL DEFAULT 0, seconds double precision NOT NULL DEFAULT 0, error text,
       PRIMARY KEY (project, job, shard),
       FOREIGN KEY (project, job) REFERENCES tureen_jobs (project, id) ON DELETE CASCADE)`,
    "CREATE INDEX tureen_tasks_leases ON tureen_tasks (lease_until) WHERE state = 'RUNNING'",
    "CREATE TABLE tureen_servers (id text PRIMARY KEY, seen timestamptz NOT NULL DEFAULT now())",
  ],
  [
    "ALTER TABLE tureen_schema ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid()",
    // Tasks without a message wait until the job may have another worker.
    "ALTER TABLE tureen_tasks ALTER COLUMN message DROP NOT NULL",
  ],
];

/** Brings a database's tables up to this program's; several processes may do so at once. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async (transaction) => {
    await transaction.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
    await transaction.query("CREATE TABLE IF NOT EXISTS tureen_schema (version integer NOT NULL)");
    const [row] = await transaction.query<{ version: number }>("SELECT version FROM tureen_schema");
    const version = row?.version ?? 0;
    for (const statement of steps.slice(version).flat()) await transaction.query(statement);
    if (row === undefined) await transaction.query("INSERT INTO tureen_schema (version) VALUES ($1)", [steps.length]);
    else if (version < steps.length) await transaction.query("UPDATE tureen_schema SET version = $1", [steps.length]);
  });
}

/** Does work that makes tables where they are missing; other processes that are about to do so wait. */
export function alone<T>(database: Database, work: () => Promise<T>): Promise<T> {
  // No other process can have an embedded database open, and its only connection is the work's own.
  if (database.isEmbedded) return work();
  return database.transaction(async (transaction) => {
    await transaction.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
    return work();
  });
}

/** A name that no other database has, given to it once. */
export async function databaseId(database: Database): Promise<string> {
  const [row] = await database.query<{ id: string }>("SELECT id::text AS id FROM tureen_schema");
  return row!.id;
}
