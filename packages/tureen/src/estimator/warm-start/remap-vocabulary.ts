import { readFileSync } from "node:fs";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import { Graph } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import type { Initializer, Variable } from "../../graph/variable.js";
import { Session } from "../../runtime/session.js";
import { formatTuple } from "../nn/python-format.js";
import type { VocabInfo } from "./warm-start-settings.js";

/**
 * A variable's value for a new vocabulary, from its value for an old one (`LoadAndRemapMatrix`): terms of both keep their row or column, others
 * and the out-of-vocabulary buckets behind them get the backup initializer's values.
 */
export function remapVocabulary(variable: Variable, old: TensorValue, info: VocabInfo): TensorValue {
  checkVariable(variable, old, info);
  const byRow = (info.axis ?? 0) === 0;
  const [rows, columns] = old.shape as readonly [number, number];
  const terms = remapping(info);
  const rowMap = byRow ? terms : identity(variable.shape[0]!);
  const columnMap = byRow ? identity(columns) : terms;
  const width = columnMap.length + (byRow ? 0 : info.numOovBuckets);
  const height = rowMap.length + (byRow ? info.numOovBuckets : 0);
  const present = (map: readonly number[]): number => map.filter((at) => at >= 0).length;
  const missing = rowMap.length * columnMap.length - present(rowMap) * present(columnMap);
  const fresh = initialValues(info.backupInitializer, [missing, 1]);
  const buckets = initialValues(
    info.backupInitializer,
    byRow ? [info.numOovBuckets, width] : [height, info.numOovBuckets],
  );
  const from = old.data as Float32Array;
  const data = new Float32Array(height * width);
  let [used, bucket] = [0, 0];
  for (let row = 0; row < height; row++) {
    const oldRow = row < rowMap.length ? rowMap[row]! : undefined;
    for (let column = 0; column < width; column++) {
      const oldColumn = column < columnMap.length ? columnMap[column]! : undefined;
      const at = row * width + column;
      if (oldRow === undefined || oldColumn === undefined) data[at] = buckets[bucket++]!;
      else if (oldRow < 0 || oldColumn < 0) data[at] = fresh[used++]!;
      else if (oldRow >= rows || oldColumn >= columns)
        throw invalidArgument(
          `Vocabulary ${info.oldVocab} has more terms than the variable ${variable.name} in the checkpoint`,
        );
      else data[at] = from[oldRow * columns + oldColumn]!;
    }
  }
  return tensorValue("float32", [height, width], data);
}

function checkVariable({ shape, dtype }: Variable, old: TensorValue, info: VocabInfo): void {
  if (dtype !== "float32" || old.dtype !== "float32")
    throw invalidArgument(`Currently, only float32 is supported. Received dtype: ${dtype}`);
  if (shape.length !== 2) throw invalidArgument(`Expected 2-dim shape, but received: ${formatTuple(shape)}`);
  const { newVocabSize, numOovBuckets } = info;
  if (numOovBuckets < 0)
    throw invalidArgument(
      `num_${info.axis === 1 ? "col" : "row"}_oov_buckets must be >= 0, but received ${numOovBuckets}`,
    );
  const total = newVocabSize + numOovBuckets;
  if (info.axis === 1 && shape[1] !== total) {
    throw invalidArgument(
      `Expected 2nd dim of shape to be new_col_vocab_size (${newVocabSize}) + num_col_oov_buckets (${numOovBuckets}) = ${total}, but received shape: [${shape.join(", ")}]`,
    );
  }
  if (info.axis !== 1 && shape[0] !== total) {
    throw invalidArgument(
      `Trying to initialize ${shape[0]} additional rows after 0 rows have already been initialized, which would exceed expected total row count of new_row_vocab_size (${newVocabSize}) + num_row_oov_buckets (${numOovBuckets}) = ${total}.`,
    );
  }
}

/** For each new term its place in the old vocabulary, or -1 (`GenerateVocabRemapping`). */
function remapping({ newVocab, newVocabSize, oldVocab, oldVocabSize = -1 }: VocabInfo): number[] {
  const old = new Map<string, number>();
  const oldTerms = terms(oldVocab);
  oldTerms.slice(0, oldVocabSize < 0 ? oldTerms.length : oldVocabSize).forEach((term, i) => {
    old.set(term, i);
  });
  const found = terms(newVocab)
    .slice(0, newVocabSize)
    .map((term) => old.get(term) ?? -1);
  if (found.length < newVocabSize)
    throw invalidArgument(`Vocabulary ${newVocab} has ${found.length} terms, expected ${newVocabSize}`);
  return found;
}

/** Lines as bytes, one character each. */
function terms(path: string): string[] {
  const lines = readFileSync(path, "latin1").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function identity(size: number): number[] {
  return Array.from({ length: size }, (_, i) => i);
}

function initialValues(initializer: Initializer | undefined, shape: readonly [number, number]): Float32Array {
  if (initializer === undefined || shape[0] * shape[1] === 0) return new Float32Array(shape[0] * shape[1]);
  const graph = new Graph();
  const tensor = withGraph(graph, () => initializer(shape, "float32"));
  return new Session(graph).run([tensor])[0]!.data as Float32Array;
}
