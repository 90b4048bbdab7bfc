import { FieldError } from "./google-error.js";

const modelPattern = /^[a-zA-Z][a-zA-Z0-9_]{0,127}$/;

/** Checks the name of a model, version or job. INVALID_ARGUMENT with the service's text. */
export function checkName(field: string, name: unknown): asserts name is string {
  if (typeof name === "string" && modelPattern.test(name)) return;
  throw new FieldError(
    "INVALID_ARGUMENT",
    field,
    "A name should start with a letter and contain only letters, numbers and underscores.",
  );
}

/** The full name of a model. */
export function modelName(project: string, model: string): string {
  return `projects/${project}/models/${model}`;
}

/** The full name of a version. */
export function versionName(project: string, model: string, version: string): string {
  return `${modelName(project, model)}/versions/${version}`;
}

/** The last part of a full name, or a name that is short already. */
export function shortName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1);
}
