import type { MessagePort } from "node:worker_threads";
import type { StatusCodeName } from "../../core/status-error.js";
import type { Recipe } from "../../data/recipe.js";

/** A recipe on its way to another thread: tensors in memory as bytes. */
export type PackedRecipe =
  | { readonly kind: "packedRows"; readonly element: Uint8Array<ArrayBuffer> }
  | Exclude<Recipe, { readonly kind: "rows" } | { readonly source: Recipe }>
  | (Omit<Extract<Recipe, { readonly source: Recipe }>, "source"> & { readonly source: PackedRecipe });

/** What the helping thread is given at its start. */
export interface AheadWorkerData {
  readonly port: MessagePort;
  /** Words that both threads see, see `word`. */
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly graph: Uint8Array;
  /** Names of the operations that fill the graph's tables. */
  readonly tables: readonly string[];
  readonly request: { readonly feeds: string[]; readonly fetches: string[]; readonly targets: string[] };
  /** Of the request's parts in the training thread. */
  readonly digest: string;
  readonly recipe: PackedRecipe;
  /** Where in an element of the input each of the request's feeds lies. */
  readonly paths: readonly (readonly (string | number)[])[];
  readonly useOnnxRuntime: boolean;
}

/** The shared words by name. */
export const word: Readonly<
  Record<"ready" | "start" | "sent" | "taken" | "wake" | "wanted" | "waits" | "low" | "count", number>
> = Object.freeze({
  /** Written by the helper: 0 while it starts, -1 where it cannot help, else its place in the input plus one. */
  ready: 0,
  /** Written by the trainer: the number of the batch to begin with plus one. */
  start: 1,
  /** Messages that the helper has sent. */
  sent: 2,
  /** Batches that the trainer has taken. */
  taken: 3,
  /** Counts what the trainer wants to be seen at once. */
  wake: 4,
  /** The number of the batch that the trainer wants as it is plus one. */
  wanted: 5,
  /** Written by the helper: 1 while it waits to be woken. */
  waits: 6,
  /** Written by the helper: with fewer batches ready than this it has to go on. */
  low: 7,
  count: 8,
});

/** What the helper sends: the values of a batch as `packValues` lays them out; a batch as it is; the end of the input, or its error. */
export type AheadMessage =
  | ArrayBuffer
  | { readonly element: Uint8Array<ArrayBuffer> }
  | { readonly end: true }
  | { readonly code: StatusCodeName; readonly message: string };

/** How many batches may lie ready, however large they are. */
export const leastDepth = 4;
/** How many may lie ready at most: a pause of the helper, such as for its garbage, is then none of the training. */
export const mostDepth = 32;
/** Bytes of batches beyond `leastDepth` of them. */
export const mostReadyBytes = 2_097_152;
