import { checkOptions, type OptionTable } from "../core/check-options.js";
import { matchFiles } from "../core/match-files.js";
import { failedPrecondition, invalidArgument } from "../core/status-error.js";
import { stringValue, type TensorValue, toTensor } from "../core/tensor-value.js";
import type { TfRecordCompression } from "../formats/tf-record-file.js";
import { elementSpecOf, type SpecOf, specOfElement, specStructure, type TensorSpec } from "./element-spec.js";
import type { Recipe } from "./recipe.js";
import { rowTable } from "./row-table.js";
import type { ShuffleOptions } from "./shuffle-seeds.js";
import { type Cursor, emptyCursor, type MaybePromise, type Stage, whenHere } from "./stage.js";
import { type BatchOptions, batchStage } from "./stages/batch.js";
import { type BucketOptions, bucketBySequenceLengthStage } from "./stages/bucket-by-sequence-length.js";
import { cacheStage, listCursor } from "./stages/cache.js";
import { cacheFileStage } from "./stages/cache-file.js";
import { type ChooseOptions, chooseStage, type SampleOptions, sampleStage } from "./stages/choose.js";
import { concatenateStage, zipStage } from "./stages/combine.js";
import { groupByWindowStage } from "./stages/group-by-window.js";
import { type IgnoreErrorsOptions, ignoreErrorsStage } from "./stages/ignore-errors.js";
import { type InterleaveOptions, interleaveStage } from "./stages/interleave.js";
import { filterStage, mapStage } from "./stages/map.js";
import { type PaddedBatchOptions, paddedBatchStage } from "./stages/padded-batch.js";
import { type ParallelMapOptions, parallelMapStage } from "./stages/parallel-map.js";
import { prefetchStage } from "./stages/prefetch.js";
import { shardStage, skipStage, takeStage } from "./stages/range-of-elements.js";
import { tfRecordStage } from "./stages/records.js";
import { repeatStage } from "./stages/repeat.js";
import { scanStage } from "./stages/scan.js";
import { shuffleStage } from "./stages/shuffle.js";
import { iterableCursor, peekedStage, rowStage } from "./stages/source.js";
import { takeWhileStage } from "./stages/take-while.js";
import { unbatchStage } from "./stages/unbatch.js";
import { uniqueStage } from "./stages/unique.js";
import { type WindowOptions, windowStage } from "./stages/window.js";
import { type ElementOf, flatten, layoutOf, pack, type Structure, type TensorLike } from "./structure.js";
import { tensorLikeLayout, tensorsOf, toDeclaredElement, toElement } from "./tensor-like.js";

/** What `fromTensorSlices` and the like take: leaves alone, in records, or in tuples such as `[features, labels]`. */
export type ElementInput = Structure<TensorLike> | readonly [Structure<TensorLike>, Structure<TensorLike>];

/** What a dataset is told of the elements that a function of the caller makes. */
export interface ElementSpecOption {
  /** TensorSpecs in the nesting of the elements; without it the first element tells, and every size in it counts as fixed. */
  readonly elementSpec?: Structure<TensorSpec> | undefined;
}

/** How files are listed. */
export interface ListFilesOptions {
  /** Whether they come in an order of chance, as they do unless said. */
  readonly shuffle?: boolean | undefined;
  /** The same seed gives the same orders. */
  readonly seed?: number | undefined;
}

/** How elements are gathered, and what comes of them. */
export interface GroupByWindowOptions<T, U> {
  readonly keyFunc: (element: T) => MaybePromise<number>;
  readonly reduceFunc: (key: number, group: Dataset<T>) => Dataset<U>;
  /** How many elements a group has; this or `windowSizeFunc`. */
  readonly windowSize?: number | undefined;
  /** How many elements a group of a key has. */
  readonly windowSizeFunc?: ((key: number) => number) | undefined;
}

/** What a window of elements of type T is. */
export type WindowOf<T> = T extends TensorValue ? Dataset<T> : { readonly [K in keyof T]: WindowOf<T[K]> };

const elementSpecTable: OptionTable<ElementSpecOption> = { elementSpec: "optional" };

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
    checkOptions("fromGenerator", options, elementSpecTable);
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

  /** int64 scalars from `start` on without end, `step` apart. */
  static counter(start = 0, step = 1): Dataset<ElementOf<number>> {
    return Dataset.range(start, step < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY, step);
  }

  /**
   * The paths of the files that patterns name, as string scalars: `*`, `?` and `[a-c]` stand for characters within one part of a path.
   *
   * They come in an order of chance, another one on each pass, unless `shuffle` is false: then in that of the paths. Files are looked up now;
   * INVALID_ARGUMENT where there are none.
   */
  static listFiles(patterns: string | readonly string[], options: ListFilesOptions = {}): Dataset<TensorValue> {
    checkOptions("listFiles", options, { shuffle: "optional", seed: "optional" });
    const { shuffle = true, seed } = options;
    const found = [patterns].flat().flatMap((pattern) => {
      const files = matchFiles(pattern);
      if (files.length === 0) throw invalidArgument(`No files matched pattern: ${pattern}`);
      return files;
    });
    const files = Dataset.fromTensorSlices(stringValue(shuffle ? found : found.toSorted()));
    return shuffle ? files.shuffle(found.length, { seed }) : files;
  }

  /**
   * Elements of several datasets, each time of the one whose number the next element of `choices`, a dataset of integers, is.
   *
   * The pass ends where `choices` does, and with the first element that a dataset lacks unless `stopOnEmptyDataset` is false.
   */
  static chooseFromDatasets<U>(
    datasets: readonly Dataset<U>[],
    choices: Dataset<TensorValue>,
    options: ChooseOptions = {},
  ): Dataset<U> {
    checkOptions("chooseFromDatasets", options, { stopOnEmptyDataset: "optional" });
    const stages = datasets.map((dataset) => dataset.#stage);
    return new Dataset(chooseStage(stages, choices.#stage, options));
  }

  /**
   * Elements of several datasets, each time of one drawn at random as the `weights` say, until all have ended.
   *
   * Every pass draws alike where there is a `seed`. The order is not TensorFlow's, see `shuffle`.
   */
  static sampleFromDatasets<U>(datasets: readonly Dataset<U>[], options: SampleOptions = {}): Dataset<U> {
    checkOptions("sampleFromDatasets", options, {
      weights: "optional",
      seed: "optional",
      stopOnEmptyDataset: "optional",
    });
    const stages = datasets.map((dataset) => dataset.#stage);
    return new Dataset(sampleStage(stages, options));
  }

  /**
   * Draws each element at random from a buffer of the next `bufferSize`, which is then filled up: a buffer as large as the dataset shuffles it
   * evenly.
   *
   * With a `seed` the order is the same on every run; passes differ from each other unless `reshuffleEachIteration` is false. The generator is
   * xoshiro128**, so the order is not TensorFlow's.
   */
  shuffle(bufferSize: number, options: ShuffleOptions = {}): Dataset<T> {
    checkOptions("shuffle", options, { seed: "optional", reshuffleEachIteration: "optional" });
    return new Dataset(shuffleStage(this.#stage, bufferSize, options));
  }

  /** The dataset `count` times over; forever without a count or with a negative one. */
  repeat(count = -1): Dataset<T> {
    return new Dataset(repeatStage(this.#stage, count));
  }

  /** `size` elements at a time, stacked along a new leading dimension. */
  batch(size: number, options: BatchOptions = {}): Dataset<T> {
    checkOptions("batch", options, { dropRemainder: "optional" });
    return new Dataset(batchStage(this.#stage, size, options));
  }

  /** `size` elements at a time, padded to a common shape and stacked. */
  paddedBatch(size: number, options: PaddedBatchOptions = {}): Dataset<T> {
    checkOptions("paddedBatch", options, {
      dropRemainder: "optional",
      paddedShapes: "optional",
      paddingValues: "optional",
    });
    return new Dataset(paddedBatchStage(this.#stage, size, options));
  }

  /** Each element cut along its leading dimension: what undoes `batch`. */
  unbatch(): Dataset<T> {
    return new Dataset(unbatchStage(this.#stage));
  }

  /** Each element through `fn`, which gets a tuple as one argument and may be async. */
  map<U extends Structure>(fn: (element: T) => MaybePromise<U>, options: ElementSpecOption = {}): Dataset<U> {
    checkOptions("map", options, elementSpecTable);
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
    checkOptions("parallelMap", options, { ...elementSpecTable, functionName: "optional", workers: "optional" });
    const declared = options.elementSpec && elementSpecOf(options.elementSpec);
    return new Dataset(parallelMapStage(this.#stage, String(module), options, declared));
  }

  /** The elements that `predicate`, which may be async, answers true for. */
  filter(predicate: (element: T) => MaybePromise<boolean>): Dataset<T> {
    return new Dataset(filterStage(this.#stage, predicate as unknown as (element: Structure) => MaybePromise<boolean>));
  }

  /**
   * Each element through `fn` together with a state: `fn` gives the next state and an element, at once or as a promise.
   *
   * Every pass begins with `initialState`, which may be anything that `fn` understands.
   */
  scan<S, U extends Structure>(
    initialState: S,
    fn: (state: S, element: T) => MaybePromise<readonly [S, U]>,
    options: ElementSpecOption = {},
  ): Dataset<U> {
    checkOptions("scan", options, elementSpecTable);
    const apply = fn as unknown as (state: S, element: Structure) => MaybePromise<readonly [S, Structure]>;
    const declared = options.elementSpec && elementSpecOf(options.elementSpec);
    return new Dataset(scanStage(this.#stage, initialState, apply, declared));
  }

  /** What comes of a state and all elements, one after the other: a promise where an element or `fn` has to be waited for. */
  reduce<S>(initialState: S, fn: (state: S, element: T) => MaybePromise<S>): MaybePromise<S> {
    return reduceAll(this.open(), initialState, fn);
  }

  /** Each element with its number before it, an int64 scalar that counts from `start`. */
  enumerate(start = 0): Dataset<readonly [TensorValue, T]> {
    return Dataset.zip([Dataset.counter(start), this]) as unknown as Dataset<readonly [TensorValue, T]>;
  }

  /** The elements before the first that `predicate`, which may be async, answers false for. */
  takeWhile(predicate: (element: T) => MaybePromise<boolean>): Dataset<T> {
    const judge = predicate as unknown as (element: Structure) => MaybePromise<boolean>;
    return new Dataset(takeWhileStage(this.#stage, judge));
  }

  /** The elements without those that came before: single tensors of int32, int64 or strings. */
  unique(): Dataset<T> {
    return new Dataset(uniqueStage(this.#stage));
  }

  /** The elements that can be made: an error of the stages before costs its element alone. */
  ignoreErrors(options: IgnoreErrorsOptions = {}): Dataset<T> {
    checkOptions("ignoreErrors", options, { logWarning: "optional" });
    return new Dataset(ignoreErrorsStage(this.#stage, options));
  }

  /**
   * Windows of up to `size` elements, each a dataset, or a dataset of each leaf in the nesting of the elements.
   *
   * To make batches of them: `window(3, { shift: 1, dropRemainder: true }).flatMap((window) => window.batch(3))`.
   */
  window(size: number, options: WindowOptions = {}): Dataset<WindowOf<T>> {
    checkOptions("window", options, { shift: "optional", stride: "optional", dropRemainder: "optional" });
    return new Dataset(windowStage(this.#stage, size, options, (stage) => new Dataset(stage)));
  }

  /**
   * Gathers elements by the whole number that `keyFunc` gives, which may be a promise, and gives the elements of the dataset that `reduceFunc` makes
   * of each `windowSize` of them; at the end of what there is.
   */
  groupByWindow<U>(options: GroupByWindowOptions<T, U>): Dataset<U> {
    checkOptions("groupByWindow", options, {
      keyFunc: "required",
      reduceFunc: "required",
      windowSize: "optional",
      windowSizeFunc: "optional",
    });
    const { keyFunc, reduceFunc, windowSize, windowSizeFunc } = options;
    if ((windowSize === undefined) === (windowSizeFunc === undefined)) {
      throw invalidArgument("Either the `window_size` argument or the `window_size_func` argument must be specified.");
    }
    return new Dataset(
      groupByWindowStage(this.#stage, {
        key: (element) => keyFunc(element as T),
        size: windowSizeFunc ?? (() => windowSize!),
        reduce: (key, group) => reduceFunc(key, new Dataset<T>(group)).#stage,
      }),
    );
  }

  /**
   * Batches of elements of like length, padded: less of each batch is filling than where lengths are mixed.
   *
   * Lengths that the elements' spec knows are those that `padToBucketBoundary` leaves alone: declare it where the elements' sizes differ.
   */
  bucketBySequenceLength(options: BucketOptions<T>): Dataset<T> {
    checkOptions("bucketBySequenceLength", options, {
      elementLengthFunc: "required",
      bucketBoundaries: "required",
      bucketBatchSizes: "required",
      padToBucketBoundary: "optional",
      noPadding: "optional",
      paddedShapes: "optional",
      paddingValues: "optional",
      dropRemainder: "optional",
    });
    return new Dataset(bucketBySequenceLengthStage(this.#stage, options as unknown as BucketOptions<Structure>));
  }

  /** What `transform` makes of this dataset: for steps of one's own in a chain of calls. */
  apply<D>(transform: (dataset: this) => D): D {
    return transform(this);
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
    checkOptions("interleave", options, { cycleLength: "required", blockLength: "optional" });
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

/** The state after all elements of a pass, which is closed. */
function reduceAll<S, T>(
  cursor: Cursor<T>,
  initialState: S,
  fn: (state: S, element: T) => MaybePromise<S>,
): MaybePromise<S> {
  let state = initialState;
  const keep = (next: S): true => {
    state = next;
    return true;
  };
  const goOn = (): MaybePromise<S> => {
    for (;;) {
      const going = whenHere(cursor.next(), (element) => element !== undefined && whenHere(fn(state, element), keep));
      if (going instanceof Promise) return going.then((more) => (more ? goOn() : state));
      if (!going) return state;
    }
  };
  const finish = (result: S): MaybePromise<S> => whenHere(cursor.close(), () => result);
  return whenHere(goOn(), finish);
}
