import { failedPrecondition, invalidArgument } from "../core/status-error.js";
import { type TensorValue, toTensor } from "../core/tensor-value.js";
import type { TfRecordCompression } from "../formats/tf-record-file.js";
import { elementSpecOf, type SpecOf, specOfElement, specStructure, type TensorSpec } from "./element-spec.js";
import type { Recipe } from "./recipe.js";
import { rowTable } from "./row-table.js";
import type { ShuffleOptions } from "./shuffle-seeds.js";
import { type Cursor, emptyCursor, type MaybePromise, type Stage, whenHere } from "./stage.js";
import { type BatchOptions, batchStage } from "./stages/batch.js";
import { cacheStage, listCursor } from "./stages/cache.js";
import { cacheFileStage } from "./stages/cache-file.js";
import { concatenateStage, zipStage } from "./stages/combine.js";
import { type InterleaveOptions, interleaveStage } from "./stages/interleave.js";
import { filterStage, mapStage } from "./stages/map.js";
import { type PaddedBatchOptions, paddedBatchStage } from "./stages/padded-batch.js";
import { type ParallelMapOptions, parallelMapStage } from "./stages/parallel-map.js";
import { prefetchStage } from "./stages/prefetch.js";
import { shardStage, skipStage, takeStage } from "./stages/range-of-elements.js";
import { tfRecordStage } from "./stages/records.js";
import { repeatStage } from "./stages/repeat.js";
import { shuffleStage } from "./stages/shuffle.js";
import { iterableCursor, peekedStage, rowStage } from "./stages/source.js";
import { unbatchStage } from "./stages/unbatch.js";
import { type ElementOf, flatten, layoutOf, pack, type Structure, type TensorLike } from "./structure.js";
import { tensorLikeLayout, tensorsOf, toDeclaredElement, toElement } from "./tensor-like.js";

/** What `fromTensorSlices` and the like take: leaves alone, in records, or in tuples such as `[features, labels]`. */
export type ElementInput = Structure<TensorLike> | readonly [Structure<TensorLike>, Structure<TensorLike>];

/** What a dataset is told of the elements that a function of the caller makes. */
export interface ElementSpecOption {
  /** TensorSpecs in the nesting of the elements; without it the first element tells, and every size in it counts as fixed. */
  readonly elementSpec?: Structure<TensorSpec> | undefined;
}

/** The datasets whose elements `zip` puts side by side. */
type Zipped<D> = D extends Dataset<infer T> ? T : { readonly [K in keyof D]: Zipped<D[K]> };

/**
 * A sequence of elements, made anew for every pass: TensorFlow's `tf.data.Dataset`, on the host and without a graph.
 *
 * An element is a TensorValue, or TensorValues in records and tuples. A dataset holds no position: each `open`, `for of` or `for await` is a
 * pass of its own. Stages that follow `fromTensorSlices` (shuffle, repeat, take, skip, shard) reorder row numbers only, and `batch` then
 * gathers whole columns. Nothing waits unless a stage has to, so that `for of` works for all but asynchronous sources and functions.
 */
export class Dataset<T> implements Iterable<T>, AsyncIterable<T> {
  readonly #stage: Stage;

  private constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** The rows of tensors along their leading dimension, which all leaves share. */
  static fromTensorSlices<S extends ElementInput>(tensors: S): Dataset<ElementOf<S>> {
    const layout = tensorLikeLayout(tensors);
    const values = tensorsOf(layout, tensors);
    const stage = rowStage(rowTable(layout, values));
    return new Dataset({ ...stage, recipe: () => ({ kind: "rows", tensors: pack(layout, values) }) });
  }

  /** The records of TFRecord files as string scalars, see `tfRecordDataset`. */
  static fromTfRecords(files: readonly string[], compression: TfRecordCompression): Dataset<TensorValue> {
    return new Dataset(tfRecordStage(files, compression));
  }

  /** The tensors as one element. */
  static fromTensors<S extends ElementInput>(tensors: S): Dataset<ElementOf<S>> {
    const element = toElement(tensors);
    return new Dataset({ open: () => listCursor([element]), spec: () => specOfElement(element) });
  }

  /**
   * What a function lists anew for each pass: a generator, an async generator or any iterable.
   *
   * With an `elementSpec`, plain values take its dtypes, and an element that does not keep to it is INVALID_ARGUMENT.
   */
  static fromGenerator<S extends ElementInput>(
    generator: () => Iterable<S> | AsyncIterable<S>,
    options: ElementSpecOption = {},
  ): Dataset<ElementOf<S>> {
    const spec = options.elementSpec && elementSpecOf(options.elementSpec);
    const convert = (element: Structure): Structure =>
      spec === undefined ? toElement(element) : toDeclaredElement(element, spec);
    const take = (element: Structure | undefined): Structure | undefined =>
      element === undefined ? undefined : convert(element);
    const open = (): Cursor => {
      const cursor = iterableCursor((generator as () => Iterable<Structure> | AsyncIterable<Structure>)());
      return { next: () => whenHere(cursor.next(), take), close: () => cursor.close() };
    };
    return new Dataset(spec === undefined ? peekedStage(open) : { open, spec: () => spec });
  }

  /** int64 scalars from `start` up to but without `stop`, as Python's `range`; one argument is `stop`. */
  static range(startOrStop: number, stop?: number, step = 1): Dataset<ElementOf<number>> {
    if (step === 0) throw invalidArgument("step must be a non-zero integer.");
    const start = stop === undefined ? 0 : startOrStop;
    const end = stop ?? startOrStop;
    const list = function* (): Generator<Structure> {
      for (let i = start; step > 0 ? i < end : i > end; i += step) yield toTensor(i, "int64");
    };
    return new Dataset({ open: () => iterableCursor(list()), spec: () => specOfElement(toTensor(0, "int64")) });
  }

  /** The elements of several datasets side by side, nested as the datasets are: `zip([features, labels])`. The shortest ends it. */
  static zip<const D extends Structure<Dataset<unknown>>>(datasets: D): Dataset<Zipped<D>> {
    const layout = layoutOf(datasets, (value) => value instanceof Dataset);
    const parts = flatten<Dataset<unknown>>(layout, datasets)!;
    return new Dataset(
      zipStage(
        layout,
        parts.map((part) => part.#stage),
      ),
    );
  }

  /**
   * Draws each element at random from a buffer of the next `bufferSize`, which is then filled up: a buffer as large as the dataset shuffles it
   * evenly.
   *
   * With a `seed` the order is the same on every run; passes differ from each other unless `reshuffleEachIteration` is false. The generator is
   * xoshiro128**, so the order is not TensorFlow's.
   */
  shuffle(bufferSize: number, options: ShuffleOptions = {}): Dataset<T> {
    return new Dataset(shuffleStage(this.#stage, bufferSize, options));
  }

  /** The dataset `count` times over; forever without a count or with a negative one. */
  repeat(count = -1): Dataset<T> {
    return new Dataset(repeatStage(this.#stage, count));
  }

  /** `size` elements at a time, stacked along a new leading dimension. */
  batch(size: number, options: BatchOptions = {}): Dataset<T> {
    return new Dataset(batchStage(this.#stage, size, options));
  }

  /** `size` elements at a time, padded to a common shape and stacked. */
  paddedBatch(size: number, options: PaddedBatchOptions = {}): Dataset<T> {
    return new Dataset(paddedBatchStage(this.#stage, size, options));
  }

  /** Each element cut along its leading dimension: what undoes `batch`. */
  unbatch(): Dataset<T> {
    return new Dataset(unbatchStage(this.#stage));
  }

  /** Each element through `fn`, which gets a tuple as one argument and may be async. */
  map<U extends Structure>(fn: (element: T) => MaybePromise<U>, options: ElementSpecOption = {}): Dataset<U> {
    const apply = fn as unknown as (element: Structure) => MaybePromise<Structure>;
    return new Dataset(mapStage(this.#stage, apply, options.elementSpec && elementSpecOf(options.elementSpec)));
  }

  /**
   * Each element through a function that `module` (a URL: `new URL("./decode.js", import.meta.url)`) exports, in worker threads and in order.
   *
   * For work on the processor that `map` would do on this thread. The function gets the element and gives one, or plain values, at once or as a
   * promise; its error ends the pass with its code and message. The dataset is an asynchronous one.
   */
  parallelMap<U extends Structure>(
    module: string | URL,
    options: ParallelMapOptions & ElementSpecOption = {},
  ): Dataset<U> {
    const declared = options.elementSpec && elementSpecOf(options.elementSpec);
    return new Dataset(parallelMapStage(this.#stage, String(module), options, declared));
  }

  /** The elements that `predicate`, which may be async, answers true for. */
  filter(predicate: (element: T) => MaybePromise<boolean>): Dataset<T> {
    return new Dataset(filterStage(this.#stage, predicate as unknown as (element: Structure) => MaybePromise<boolean>));
  }

  /** The first `count` elements; all where `count` is negative. */
  take(count: number): Dataset<T> {
    return new Dataset(takeStage(this.#stage, count));
  }

  /** What comes after the first `count` elements; nothing where `count` is negative. */
  skip(count: number): Dataset<T> {
    return new Dataset(skipStage(this.#stage, count));
  }

  /** Every element whose place is `index` modulo `shards`. */
  shard(shards: number, index: number): Dataset<T> {
    return new Dataset(shardStage(this.#stage, shards, index));
  }

  /** These elements, then those of `other`; both must have the same nesting and dtypes. */
  concatenate(other: Dataset<T>): Dataset<T> {
    return new Dataset(concatenateStage(this.#stage, other.#stage));
  }

  /** Elements of the datasets that `fn` makes of each element, `cycleLength` of them by turns. */
  interleave<U>(fn: (element: T) => Dataset<U>, options: InterleaveOptions): Dataset<U> {
    return new Dataset(interleaveStage(this.#stage, (element) => fn(element as T).#stage, options));
  }

  /** The elements of the datasets that `fn` makes of each element, one dataset after the other. */
  flatMap<U>(fn: (element: T) => Dataset<U>): Dataset<U> {
    return this.interleave(fn, { cycleLength: 1 });
  }

  /**
   * Keeps up to `bufferSize` elements ready where the source has to wait; -1 leaves the size to us.
   *
   * As the last stage of a training's input it also allows for batches made ahead in a second thread, where the stages before are ones that it can
   * make as well: rows in memory or TFRecord files, shuffled, repeated, cut and batched.
   */
  prefetch(bufferSize: number): Dataset<T> {
    return new Dataset(prefetchStage(this.#stage, bufferSize));
  }

  /**
   * Keeps the elements of the first whole pass for all later passes: in memory, or in a file where one is named.
   *
   * The file is made by the first pass that reaches its end and read by every later one, in other processes too: delete it when the data change.
   */
  cache(file?: string): Dataset<T> {
    return new Dataset(file === undefined ? cacheStage(this.#stage) : cacheFileStage(this.#stage, file));
  }

  /**
   * The dtype and shape of every leaf, in the nesting of the elements; -1 where a dimension may differ between elements.
   *
   * Where only an element can tell, the first is made now and kept for the next pass; a promise where it has to be waited for.
   */
  elementSpec(): MaybePromise<SpecOf<T>> {
    return whenHere(this.#stage.spec(), (spec) => specStructure(spec) as SpecOf<T>);
  }

  /** The dataset of another stage after this one's; for sources and stages beside this file. */
  followedBy<U>(make: (stage: Stage) => Stage): Dataset<U> {
    return new Dataset(make(this.#stage));
  }

  /** What another thread can make the pass of that `open` would give now; undefined where functions of the caller take part in it. */
  recipe(): Recipe | undefined {
    return this.#stage.recipe?.();
  }

  /** A pass over the elements: `next` gives a promise only where a stage has to wait, so that a training loop need not. */
  open(): Cursor<T> {
    let cursor = this.#stage.open();
    return {
      next: () => cursor.next() as MaybePromise<T | undefined>,
      close: () => {
        const open = cursor;
        cursor = emptyCursor;
        return open.close();
      },
    };
  }

  /** A pass that never waits; FAILED_PRECONDITION at the first element that has to be waited for. */
  *[Symbol.iterator](): IterableIterator<T> {
    const cursor = this.open();
    try {
      for (;;) {
        const element = cursor.next();
        if (element instanceof Promise) {
          element.catch(() => {});
          throw failedPrecondition("This dataset has asynchronous stages: iterate over it with for await");
        }
        if (element === undefined) return;
        yield element;
      }
    } finally {
      cursor.close();
    }
  }

  /** A pass for `for await`; leaving the loop early closes what is open. */
  async *[Symbol.asyncIterator](): AsyncIterableIterator<T> {
    const cursor = this.open();
    try {
      for (;;) {
        const element = await cursor.next();
        if (element === undefined) return;
        yield element;
      }
    } finally {
      await cursor.close();
    }
  }
}
