import { checkOptions } from "../core/check-options.js";
import type { DType } from "../core/dtype.js";
import { isCompatible, type PartialShape, shapeTuple } from "../core/shape.js";
import { invalidArgument } from "../core/status-error.js";
import { asTensor, build, type TensorLike } from "./build-op.js";
import type { Tensor } from "./graph.js";
import { elementShapeInput } from "./ops/list-tensor.js";

/** How a TensorArray is made. */
export interface TensorArrayOptions {
  readonly dtype: DType;
  /** The number of elements, a whole number or an int32 scalar; default 0. */
  readonly size?: TensorLike | undefined;
  /** Whether writes beyond the end make it longer; default false, which makes them an error. */
  readonly dynamicSize?: boolean | undefined;
  /** What is known of the shape that all elements have. */
  readonly elementShape?: PartialShape | undefined;
  /** Whether the first write tells the elements' shape, which later ones must keep; default true. */
  readonly inferShape?: boolean | undefined;
}

/**
 * A list of tensors of one dtype that operations write to and read from one by one (`tf.TensorArray`): what a loop gathers its results in.
 *
 * It never changes: what writes gives a new one, to be used from then on.
 *
 *     const [, squares] = whileLoop((i) => less(i, n), (i, all) => [add(i, 1), all.write(i, square(i))], [0, new TensorArray({ dtype, size: n })]);
 *     const vector = squares.stack();
 *
 * A list in TensorFlow's graphs is a variant tensor; elements that nothing was written to are zeros.
 */
export class TensorArray {
  readonly dtype: DType;
  readonly dynamicSize: boolean;
  readonly inferShape: boolean;
  /** What is known of every element's shape. */
  readonly elementShape: PartialShape;
  /** The list as a tensor: a variant scalar. */
  readonly flow: Tensor;

  /** A new list; `flow` makes one of a list that is there. */
  constructor(options: TensorArrayOptions, flow?: Tensor) {
    checkOptions("TensorArray", options, {
      dtype: "required",
      size: "optional",
      dynamicSize: "optional",
      elementShape: "optional",
      inferShape: "optional",
    });
    const { dtype, size = 0, dynamicSize = false, elementShape, inferShape = true } = options;
    this.dtype = dtype;
    this.dynamicSize = dynamicSize;
    this.inferShape = inferShape;
    this.elementShape = elementShape;
    const reserve = (): Tensor =>
      build(
        "TensorListReserve",
        [elementShapeInput(elementShape), asTensor(size, "int32", "size")],
        { element_dtype: dtype },
        "TensorArrayV2",
      );
    this.flow = flow ?? reserve();
  }

  /** The same array of another list. */
  withFlow(flow: Tensor, elementShape: PartialShape = this.elementShape): TensorArray {
    return new TensorArray({ ...this.#options, elementShape }, flow);
  }

  get #options(): TensorArrayOptions {
    const { dtype, dynamicSize, inferShape } = this;
    return { dtype, dynamicSize, inferShape };
  }

  /** The element at an index. */
  read(index: TensorLike): Tensor {
    const inputs = [this.flow, asTensor(index, "int32"), elementShapeInput(this.elementShape)];
    return this.#shaped(
      build("TensorListGetItem", inputs, { element_dtype: this.dtype }, "TensorArrayV2Read/TensorListGetItem"),
      [],
    );
  }

  /** The array with another element at an index. */
  write(index: TensorLike, value: TensorLike): TensorArray {
    const item = asTensor(value, this.dtype);
    const inputs = [this.flow, asTensor(index, "int32"), item];
    const attrs = { resize_if_index_out_of_bounds: this.dynamicSize };
    const known = this.#inferred(item.shape);
    return this.withFlow(build("TensorListSetItem", inputs, attrs, "TensorArrayV2Write/TensorListSetItem"), known);
  }

  /** All elements as one tensor, along a new first dimension. */
  stack(): Tensor {
    const inputs = [this.flow, elementShapeInput(this.elementShape)];
    const attrs = { element_dtype: this.dtype };
    return this.#shaped(build("TensorListStack", inputs, attrs, "TensorArrayV2Stack/TensorListStack"), [-1]);
  }

  /** The elements at indices as one tensor, along a new first dimension. */
  gather(indices: TensorLike): Tensor {
    const places = asTensor(indices, "int32");
    const inputs = [this.flow, places, elementShapeInput(this.elementShape)];
    const attrs = { element_dtype: this.dtype };
    const count = places.shape?.[0] ?? -1;
    return this.#shaped(build("TensorListGather", inputs, attrs, "TensorArrayV2Gather/TensorListGather"), [count]);
  }

  /** All elements one behind the other along their first dimension, in which alone they may differ. */
  concat(): Tensor {
    const { elementShape } = this;
    const shape = elementShape === undefined ? undefined : [-1, ...elementShape.slice(1)];
    const lengths = { dtype: "int64" as const, shape: [0], data: new BigInt64Array(0) };
    const attrs = { element_dtype: this.dtype };
    const { op } = build(
      "TensorListConcatV2",
      [this.flow, elementShapeInput(shape), lengths],
      attrs,
      "TensorArrayV2Concat/TensorListConcatV2",
    );
    const values = op.outputs[0]!;
    values.shape ??= shape;
    return values;
  }

  /** The array of a tensor's slices along its first dimension. */
  unstack(value: TensorLike): TensorArray {
    const tensor = asTensor(value, this.dtype);
    const known = this.#inferred(tensor.shape?.slice(1));
    const list = build(
      "TensorListFromTensor",
      [tensor, elementShapeInput(known)],
      {},
      "TensorArrayUnstack/TensorListFromTensor",
    );
    return this.withFlow(list, known);
  }

  /** The array with a tensor's slices along its first dimension at indices. */
  scatter(indices: TensorLike, value: TensorLike): TensorArray {
    const tensor = asTensor(value, this.dtype);
    const known = this.#inferred(tensor.shape?.slice(1));
    const inputs = [this.flow, tensor, asTensor(indices, "int32")];
    const list = build(
      "TensorListScatterIntoExistingList",
      inputs,
      {},
      "TensorArrayScatter/TensorListScatterIntoExistingList",
    );
    return this.withFlow(list, known);
  }

  /** The array of a tensor's pieces along its first dimension, of these lengths. */
  split(value: TensorLike, lengths: TensorLike): TensorArray {
    const tensor = asTensor(value, this.dtype);
    const known = this.#inferred(tensor.shape === undefined ? undefined : [-1, ...tensor.shape.slice(1)]);
    const inputs = [tensor, elementShapeInput(known), asTensor(lengths, "int64")];
    return this.withFlow(build("TensorListSplit", inputs, {}, "TensorArraySplit/TensorListSplit"), known);
  }

  /** How many elements there are, an int32 scalar. */
  size(): Tensor {
    return build("TensorListLength", [this.flow], {}, "TensorArrayV2Size/TensorListLength");
  }

  /** What is known of the elements once one of a shape is among them; INVALID_ARGUMENT where it cannot be. */
  #inferred(shape: PartialShape): PartialShape {
    const { elementShape } = this;
    if (!isCompatible(elementShape, shape)) {
      throw invalidArgument(`Inconsistent shapes: saw ${shapeTuple(shape)} but expected ${shapeTuple(elementShape)} `);
    }
    return elementShape === undefined && this.inferShape ? shape : elementShape;
  }

  #shaped(tensor: Tensor, leading: readonly number[]): Tensor {
    const { elementShape } = this;
    if (tensor.shape === undefined && elementShape !== undefined) tensor.shape = [...leading, ...elementShape];
    return tensor;
  }
}
