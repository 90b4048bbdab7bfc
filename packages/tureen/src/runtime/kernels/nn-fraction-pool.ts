import { allocate, type DataOf, type DType } from "../../core/dtype.js";
import { elementCount, type Shape, shapeText } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import { type TensorValue, tensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import type { Resource } from "../resource-manager.js";
import type { RunContext } from "../run-context.js";
import { poolSequence } from "./nn/pool-sequence.js";
import { sessionGenerator } from "./random/session-generator.js";

/** Loops compare, add and copy elements, which 64-bit integers also can. */
type Elements = Float64Array;

/** The first and the last input row (or column) of each pool. */
interface Reaches {
  readonly first: readonly number[];
  readonly last: readonly number[];
}

function reachesOf(sequence: readonly number[], size: number, overlapping: boolean): Reaches {
  const first = sequence.slice(0, -1);
  const last = sequence.slice(1).map((end) => Math.min(overlapping ? end : end - 1, size - 1));
  return { first, last };
}

interface Sequences {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

const sequencesKind = "PoolSequences";

/** The sequences of a deterministic op, which live as long as the session, for each size of image. */
interface SequencesResource extends Resource, Sequences {
  readonly kind: typeof sequencesKind;
}

/** Draws the places where pools begin; a deterministic op keeps those of its first run with images of a size. */
function sequencesOf(node: KernelNode): (context: RunContext, input: Shape, output: Shape) => Sequences {
  const { attrs } = node;
  const deterministic = attrs.bool("deterministic");
  const pseudo = attrs.bool("pseudo_random");
  const [seed, seed2] = [attrs.bigint("seed"), attrs.bigint("seed2")];
  if (!deterministic && (seed !== 0n || seed2 !== 0n)) {
    throw invalidArgument("Both seed and seed2 should be 0 if deterministic is false.");
  }
  const reserve = sessionGenerator(node);
  return (context, input, output) => {
    const draw = (axis: number): number[] =>
      poolSequence(input[axis]!, output[axis]!, pseudo, (blocks) => reserve(context, blocks));
    const make = (): SequencesResource => {
      const rows = draw(1);
      return { kind: sequencesKind, rows, columns: draw(2) };
    };
    if (!deterministic) return make();
    const name = `${node.name}/${input[1]}x${input[2]}`;
    return context.resources.getOrCreate<SequencesResource>({ container: "", name, kind: sequencesKind }, make);
  };
}

function fractionalPool(kind: "max" | "average"): KernelFactory {
  return (node) => {
    const ratios = node.attrs.floats("pooling_ratio");
    const overlapping = node.attrs.bool("overlapping");
    for (const ratio of ratios) {
      if (ratio < 1) throw invalidArgument(`pooling_ratio cannot be smaller than 1, got: ${ratio}`);
    }
    if (ratios[0] !== 1 || ratios[3] !== 1) {
      throw unimplemented(`Fractional ${kind} pooling is not yet supported on the batch nor channel dimension.`);
    }
    const sequences = sequencesOf(node);
    return ([input], context) => {
      const { shape, dtype } = input!;
      if (shape.length !== 4) throw invalidArgument("tensor_in must be 4-dimensional");
      const output = shape.map((size, d) => {
        if (size < ratios[d]!) {
          throw invalidArgument(
            `Pooling ratio is higher than input dimension size for dimension ${d}. Input dim size: ${size} pooling ratio: ${ratios[d]}`,
          );
        }
        return Math.floor(Math.fround(size / ratios[d]!));
      });
      const { rows, columns } = sequences(context, shape, output);
      const out = allocate(dtype, elementCount(output)) as unknown as Elements;
      const [down, across] = [reachesOf(rows, shape[1]!, overlapping), reachesOf(columns, shape[2]!, overlapping)];
      const data = input!.data as unknown as Elements;
      if (kind === "max") maxOfCells(data, shape, down, across, out, lowestOf(dtype));
      else averageOfCells(data, shape, down, across, out, dtype);
      return [
        tensorValue(dtype, output, out as unknown as DataOf[DType]),
        tensorValue("int64", [rows.length], BigInt64Array.from(rows, BigInt)),
        tensorValue("int64", [columns.length], BigInt64Array.from(columns, BigInt)),
      ];
    };
  };
}

function lowestOf(dtype: DType): number | bigint {
  if (dtype === "int64") return -(2n ** 63n);
  if (dtype === "int32") return -(2 ** 31);
  return dtype === "float32" ? -(2 - 2 ** -23) * 2 ** 127 : -Number.MAX_VALUE;
}

/** Visits each pool: where its input pixels lie and where its output begins, all as indices of the first channel. */
function forCells(
  shape: Shape,
  down: Reaches,
  across: Reaches,
  visit: (image: number, top: number, bottom: number, left: number, right: number, to: number) => void,
): void {
  const [batch, rows, columns, channels] = shape as readonly [number, number, number, number];
  let to = 0;
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < down.first.length; i++) {
      for (let j = 0; j < across.first.length; j++) {
        visit(n * rows * columns, down.first[i]!, down.last[i]!, across.first[j]!, across.last[j]!, to);
        to += channels;
      }
    }
  }
}

/** Not-a-numbers never win, as in Eigen's maximum that starts from the lowest number. */
function maxOfCells(
  data: Elements,
  shape: Shape,
  down: Reaches,
  across: Reaches,
  out: Elements,
  lowest: number | bigint,
): void {
  const [columns, channels] = shape.slice(2) as [number, number];
  out.fill(lowest as number);
  forCells(shape, down, across, (image, top, bottom, left, right, to) => {
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const from = (image + y * columns + x) * channels;
        for (let c = 0; c < channels; c++) if (data[from + c]! > out[to + c]!) out[to + c] = data[from + c]!;
      }
    }
  });
}

function averageOfCells(
  data: Elements,
  shape: Shape,
  down: Reaches,
  across: Reaches,
  out: Elements,
  dtype: DType,
): void {
  const [columns, channels] = shape.slice(2) as [number, number];
  const isLong = dtype === "int64";
  forCells(shape, down, across, (image, top, bottom, left, right, to) => {
    for (let y = top; y <= bottom; y++) {
      for (let x = left; x <= right; x++) {
        const from = (image + y * columns + x) * channels;
        for (let c = 0; c < channels; c++) out[to + c] = out[to + c]! + data[from + c]!;
      }
    }
    const count = (bottom - top + 1) * (right - left + 1);
    // Integers are cut off towards zero: by their array for 32 bits, by BigInt's own division for 64.
    const divisor = (isLong ? BigInt(count) : count) as number;
    for (let c = 0; c < channels; c++) out[to + c] = out[to + c]! / divisor;
  });
}

const fractionalMaxPoolGrad: KernelFactory = ({ attrs }) => {
  const overlapping = attrs.bool("overlapping");
  return (inputs) => {
    const [input, output, grad, rows, columns] = inputs as [TensorValue, ...TensorValue[]] as TensorValue[];
    const { shape, dtype } = input!;
    if (shape.length !== 4 || output!.shape.length !== 4) {
      throw invalidArgument(`orig_input and orig_output should be 4-dimensional`);
    }
    if (elementCount(grad!.shape) !== elementCount(output!.shape)) {
      throw invalidArgument(`Expected grad shape to be ${shapeText(output!.shape)}, but got ${shapeText(grad!.shape)}`);
    }
    const [down, across] = gradReaches(shape, output!.shape, rows!, columns!, overlapping);
    const [width, channels] = shape.slice(2) as [number, number];
    const data = input!.data as unknown as Elements;
    const late = grad!.data as unknown as Elements;
    const back = allocate(dtype, data.length) as unknown as Elements;
    forCells(shape, down, across, (image, top, bottom, left, right, to) => {
      for (let c = 0; c < channels; c++) {
        let best = -1;
        for (let y = top; y <= bottom; y++) {
          for (let x = left; x <= right; x++) {
            const from = (image + y * width + x) * channels + c;
            if (best < 0 || data[best]! < data[from]!) best = from;
          }
        }
        if (best < 0) throw invalidArgument(`Invalid input backprop index: ${best}, ${data.length}`);
        back[best] = back[best]! + late[to + c]!;
      }
    });
    return [tensorValue(dtype, shape, back as unknown as DataOf[DType])];
  };
};

/** TensorFlow prints a sequence's values in columns as wide as the widest. */
function sequenceText(values: readonly number[]): string {
  const width = Math.max(...values.map((value) => `${value}`.length));
  return values.map((value) => `${value}`.padStart(width)).join(" ");
}

function gradReaches(
  input: Shape,
  output: Shape,
  rows: TensorValue,
  columns: TensorValue,
  overlapping: boolean,
): [Reaches, Reaches] {
  const places = [
    ["Row", "row", rows, 1],
    ["Column", "col", columns, 2],
  ] as const;
  return places.map(([title, name, value, axis]) => {
    const sequence = toIntegers(value);
    const needed = output[axis]! + 1;
    if (sequence.length < needed) {
      throw invalidArgument(
        `Given out_backprop shape ${shapeText(output)}, ${name}_seq_tensor must have at least ${needed} elements, but got ${sequence.length}`,
      );
    }
    if (sequence.some((place) => place < 0)) {
      throw invalidArgument(`${title} sequence tensor values must not be negative, got ${sequenceText(sequence)}`);
    }
    const found = reachesOf(sequence.slice(0, needed), input[axis]!, overlapping);
    if (found.first.some((place) => place >= input[axis]!)) {
      throw invalidArgument(
        `${title} sequence tensor values must be below ${input[axis]}, got ${sequenceText(sequence)}`,
      );
    }
    return found;
  }) as [Reaches, Reaches];
}

const fractionalAvgPoolGrad: KernelFactory = ({ attrs }) => {
  const overlapping = attrs.bool("overlapping");
  return (inputs) => {
    const [sizes, grad, rows, columns] = inputs as TensorValue[];
    if (sizes!.shape.length !== 1 || sizes!.shape[0] !== 4) {
      throw invalidArgument("original input tensor shape must be1-dimensional and 4 elements");
    }
    if (grad!.shape.length !== 4) throw invalidArgument("out_backprop must be 4-dimensional");
    const { dtype } = grad!;
    const shape = toIntegers(sizes!);
    if (shape[0] !== grad!.shape[0] || shape[3] !== grad!.shape[3]) {
      throw invalidArgument(
        `orig_input_tensor_shape ${shapeText(shape)} and out_backprop ${shapeText(grad!.shape)} must have the same batch and depth`,
      );
    }
    const [down, across] = gradReaches(shape, grad!.shape, rows!, columns!, overlapping);
    const [width, channels] = shape.slice(2) as [number, number];
    const late = Float64Array.from(grad!.data as unknown as ArrayLike<number>, Number);
    const back = new Float64Array(elementCount(shape));
    forCells(shape, down, across, (image, top, bottom, left, right, to) => {
      const count = (bottom - top + 1) * (right - left + 1);
      for (let y = top; y <= bottom; y++) {
        for (let x = left; x <= right; x++) {
          const from = (image + y * width + x) * channels;
          for (let c = 0; c < channels; c++) back[from + c] = back[from + c]! + late[to + c]! / count;
        }
      }
    });
    const out =
      dtype === "int64" ? BigInt64Array.from(back, (v) => BigInt(Math.trunc(v))) : allocate(dtype, back.length);
    if (dtype !== "int64") (out as Float64Array).set(back);
    return [tensorValue(dtype, shape, out as DataOf[DType])];
  };
};

/** Host kernels of fractional pooling, whose pools differ in size by one. */
export const nnFractionPoolKernels: KernelTable = {
  FractionalMaxPool: fractionalPool("max"),
  FractionalAvgPool: fractionalPool("average"),
  FractionalMaxPoolGrad: fractionalMaxPoolGrad,
  FractionalAvgPoolGrad: fractionalAvgPoolGrad,
};
