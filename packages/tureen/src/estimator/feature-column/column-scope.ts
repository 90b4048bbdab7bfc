import { invalidArgument } from "../../core/status-error.js";
import { nameScope } from "../../graph/scope.js";

/** `nameScope` of a column's name; INVALID_ARGUMENT, as TensorFlow's name scopes say it, for a name that a node cannot have. */
export function columnScope<T>(name: string, body: (scope: string) => T): T {
  if (!/^[A-Za-z0-9_.\\/>-]*$/.test(name)) {
    throw invalidArgument(
      `'${name}' is not a valid scope name. A scope name has to match the following pattern: ^[A-Za-z0-9_.\\\\/>-]*$`,
    );
  }
  return nameScope(name, body);
}

/** A column's name as a scope can have it. */
export function scopeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_.-]/gu, "_");
}
