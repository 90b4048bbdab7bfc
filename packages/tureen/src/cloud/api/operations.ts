import { notFound } from "../../core/status-error.js";
import type { CloudContext } from "../cloud-context.js";
import type { Queryable } from "../database/database.js";
import { finishOperation, insertOperation, type OperationRow } from "../store/resources.js";
import { filterOf } from "./filter.js";
import { pageBody, pageOf } from "./page.js";
import { operationJson } from "./resource-json.js";
import { modelName, versionName } from "./resource-name.js";
import type { Json } from "./update-mask.js";

/** What an operation does, by Cloud ML Engine's names. */
export type OperationType = "CREATE_VERSION" | "DELETE_VERSION" | "DELETE_MODEL" | "UPDATE_MODEL" | "UPDATE_VERSION";

/** Notes an operation on a model or on one of its versions; returns its id. */
export async function beginOperation(
  database: Queryable,
  { owner }: CloudContext,
  type: OperationType,
  project: string,
  model: string,
  version?: { readonly name: string; readonly json: Json },
): Promise<string> {
  const now = new Date();
  const target = version === undefined ? model : `${model}_${version.name}`;
  const id = `${type.toLowerCase().split("_")[0]}_${target}-${now.getTime()}${String(process.hrtime.bigint() % 1_000_000n).padStart(6, "0")}`;
  const metadata = {
    "@type": "type.googleapis.com/google.cloud.ml.v1.OperationMetadata",
    createTime: now.toISOString(),
    operationType: type,
    modelName: modelName(project, model),
    ...(version === undefined ? {} : { version: { ...version.json, name: versionName(project, model, version.name) } }),
  };
  await insertOperation(database, project, id, { metadata }, owner);
  return id;
}

/** Notes an operation that is done already, and gives it as the API shows it. */
export async function completedOperation(
  database: Queryable,
  context: CloudContext,
  type: OperationType,
  project: string,
  model: string,
  response: object,
  version?: { readonly name: string; readonly json: Json },
): Promise<Json> {
  const id = await beginOperation(database, context, type, project, model, version);
  await finishOperation(database, project, id, { response });
  return getOperationFrom(database, project, id);
}

/** projects.operations.get */
export function getOperation({ database }: CloudContext, project: string, id: string): Promise<Json> {
  return getOperationFrom(database, project, id);
}

/** An operation as the API shows it. NOT_FOUND where there is none. */
export async function getOperationFrom(database: Queryable, project: string, id: string): Promise<Json> {
  const [row] = await database.query<OperationRow>("SELECT * FROM tureen_operations WHERE project = $1 AND id = $2", [
    project,
    id,
  ]);
  if (row === undefined) throw notFound(`The operation ${id} was not found.`);
  return operationJson(row);
}

/** projects.operations.list */
export async function listOperations(
  { database }: CloudContext,
  project: string,
  query: URLSearchParams,
): Promise<object> {
  const page = pageOf(query);
  const rows = await database.query<OperationRow>(
    'SELECT * FROM tureen_operations WHERE project = $1 AND id > $2 COLLATE "C" ORDER BY id COLLATE "C"',
    [project, page.after],
  );
  const fits = filterOf(query.get("filter") ?? "");
  const shown = rows.map(operationJson).filter(fits);
  return pageBody("operations", shown, page, ({ name }) => name.slice(name.lastIndexOf("/") + 1));
}

/** projects.operations.cancel: a best effort, as documented; operations here end by themselves. */
export async function cancelOperation(context: CloudContext, project: string, id: string): Promise<object> {
  await getOperation(context, project, id);
  return {};
}
