import type { JobRow, ModelRow, OperationRow, VersionRow } from "../store/resources.js";
import { modelName, versionName } from "./resource-name.js";
import type { Json } from "./update-mask.js";

/** A version as the API shows it. */
export function versionJson(
  row: VersionRow,
  defaultVersion: string | null,
): Json & { readonly name: string; readonly etag: string } {
  const { project, model, name, body, state, etag } = row;
  return {
    ...body,
    name: versionName(project, model, name),
    state,
    etag,
    ...(name === defaultVersion ? { isDefault: true } : {}),
  };
}

/** A model as the API shows it, with its default version where it has one. */
export function modelJson(
  row: ModelRow,
  defaultVersion: VersionRow | undefined,
): Json & { readonly name: string; readonly etag: string } {
  const { project, name, body, etag } = row;
  return {
    ...body,
    name: modelName(project, name),
    ...(defaultVersion === undefined ? {} : { defaultVersion: versionJson(defaultVersion, defaultVersion.name) }),
    etag,
  };
}

/** An operation as the API shows it. */
export function operationJson({ project, id, body }: OperationRow): Json & { readonly name: string } {
  return { name: `projects/${project}/operations/${id}`, ...body };
}

/** A job as the API shows it. */
export function jobJson({ id, body, state, etag }: JobRow): Json & { readonly jobId: string; readonly etag: string } {
  return { jobId: id, ...body, state, etag };
}
