import { type Cursor, type MaybePromise, nothingYet, type Stage, type Step, stepUntilGiven } from "../stage.js";

/** What is done about elements that cannot be made. */
export interface IgnoreErrorsOptions {
  /** Whether each error is written to standard error; they pass in silence unless said. */
  readonly logWarning?: boolean | undefined;
}

/**
 * The elements that can be made: what the stages before throw or reject with costs its element alone. Semantics: `IgnoreErrorsDataset`.
 *
 * An error that ends the source for good ends the pass.
 */
export function ignoreErrorsStage(source: Stage, { logWarning = false }: IgnoreErrorsOptions): Stage {
  const open = (): Cursor => {
    const cursor = source.open();
    const pass = (error: unknown): typeof nothingYet => {
      if (logWarning) process.stderr.write(`Error raised with error message ${String(error)}\n`);
      return nothingYet;
    };
    const step = (): MaybePromise<Step> => {
      try {
        const element = cursor.next();
        return element instanceof Promise ? element.catch(pass) : element;
      } catch (error) {
        return pass(error);
      }
    };
    return { next: () => stepUntilGiven(step), close: () => cursor.close() };
  };
  return { open, spec: () => source.spec() };
}
