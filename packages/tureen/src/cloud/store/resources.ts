import type { Queryable, Row } from "../database/database.js";

/** A model's row. */
export interface ModelRow extends Row {
  readonly project: string;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly default_version: string | null;
  readonly etag: string;
}

/** A version's row. */
export interface VersionRow extends Row {
  readonly project: string;
  readonly model: string;
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly state: string;
  /** The folder of the deployed SavedModel, once it is complete. */
  readonly path: string | null;
  readonly owner: string;
  readonly etag: string;
}

/** A long-running operation's row. */
export interface OperationRow extends Row {
  readonly project: string;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly done: boolean;
}

/** A job's row. */
export interface JobRow extends Row {
  readonly project: string;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly state: string;
  readonly etag: string;
  /** The folder of the SavedModel, found when the job was created. */
  readonly model_dir: string;
}

/** A model, or undefined. */
export async function findModel(database: Queryable, project: string, name: string): Promise<ModelRow | undefined> {
  const rows = await database.query<ModelRow>("SELECT * FROM tureen_models WHERE project = $1 AND name = $2", [
    project,
    name,
  ]);
  return rows[0];
}

/** A version, or undefined. */
export async function findVersion(
  database: Queryable,
  project: string,
  model: string,
  name: string,
): Promise<VersionRow | undefined> {
  const rows = await database.query<VersionRow>(
    "SELECT * FROM tureen_versions WHERE project = $1 AND model = $2 AND name = $3",
    [project, model, name],
  );
  return rows[0];
}

/** A model's versions by name, those after `after`. */
export function listVersions(
  database: Queryable,
  project: string,
  model: string,
  after = "",
): Promise<readonly VersionRow[]> {
  return database.query<VersionRow>(
    'SELECT * FROM tureen_versions WHERE project = $1 AND model = $2 AND name > $3 COLLATE "C" ORDER BY name COLLATE "C"',
    [project, model, after],
  );
}

/** Notes a new operation that this server carries out. */
export async function insertOperation(
  database: Queryable,
  project: string,
  id: string,
  body: object,
  owner: string,
): Promise<void> {
  await database.query(
    "INSERT INTO tureen_operations (project, id, body, done, owner) VALUES ($1, $2, $3, false, $4)",
    [project, id, JSON.stringify(body), owner],
  );
}

/** Ends an operation that is not done yet: with its response, or with its error. */
export async function finishOperation(
  database: Queryable,
  project: string,
  id: string,
  outcome: { readonly response: object } | { readonly error: object },
): Promise<void> {
  await database.query(
    `UPDATE tureen_operations SET done = true,
       body = jsonb_set(body || $3::jsonb, '{metadata,endTime}', to_jsonb($4::text))
     WHERE project = $1 AND id = $2 AND NOT done`,
    [project, id, JSON.stringify({ done: true, ...outcome }), new Date().toISOString()],
  );
}
