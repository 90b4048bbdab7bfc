import { elementCount, type Shape, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, toIntegers } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { accumulator } from "./array/accumulate.js";
import { cellsOf, cellWidth, newValue } from "./array/cells.js";
import { cropValue, mirrorLines, mirrorTable, padValue } from "./array/pad-value.js";
import { permute } from "./array/permute.js";

/** The two columns of a paddings matrix, checked for its shape. */
function paddingColumns(paddings: TensorValue, shape: Shape, comma = ""): { before: number[]; after: number[] } {
  if (paddings.shape.length !== 2 || paddings.shape[1] !== 2) {
    throw invalidArgument(`paddings must be a matrix with 2 columns: ${shapeText(paddings.shape)}`);
  }
  if (paddings.shape[0] !== shape.length) {
    throw invalidArgument(
      `The first dimension of paddings must be the rank of inputs${shapeText(paddings.shape)}${comma} ${shapeText(shape)}`,
    );
  }
  const flat = toIntegers(paddings);
  return { before: flat.filter((_, i) => i % 2 === 0), after: flat.filter((_, i) => i % 2 === 1) };
}

const pad: KernelFactory = () => (inputs) => {
  const [input, paddings, fill] = inputs as [TensorValue, TensorValue, TensorValue | undefined];
  const { before, after } = paddingColumns(paddings, input.shape);
  if (fill !== undefined && fill.shape.length !== 0) {
    throw invalidArgument(`constant_values must be a scalar. Found: ${shapeText(fill.shape)}`);
  }
  for (let d = 0; d < before.length; d++) {
    if (before[d]! < 0 || after[d]! < 0) {
      throw invalidArgument(`Paddings must be non-negative: ${before[d]} ${after[d]}`);
    }
  }
  if (before.every((size) => size === 0) && after.every((size) => size === 0)) return [input];
  return [padValue(input, before, after, fill)];
};

function mirrorTables(
  shape: Shape,
  before: readonly number[],
  after: readonly number[],
  edge: 0 | 1,
  of = "",
): Int32Array[] {
  return shape.map((size, d) => {
    const [low, high] = [before[d]!, after[d]!];
    if (low < 0 || high < 0) throw invalidArgument(`paddings must be non-negative: ${low} ${high}`);
    if (edge === 0 && (low > size || high > size)) {
      throw invalidArgument(
        `paddings must be no greater than the ${of}dimension size: ${low}, ${high} greater than ${size}`,
      );
    }
    if (edge === 1 && (low >= size || high >= size)) {
      throw invalidArgument(
        `paddings must be less than the ${of}dimension size: ${low}, ${high} not less than ${size}`,
      );
    }
    return mirrorTable(size, low, high, edge);
  });
}

const mirrorPad: KernelFactory = ({ attrs }) => {
  const edge = attrs.text("mode") === "REFLECT" ? 1 : 0;
  return (inputs) => {
    const [input, paddings] = inputs as [TensorValue, TensorValue];
    const { before, after } = paddingColumns(paddings, input.shape, ",");
    const tables = mirrorTables(input.shape, before, after, edge);
    if (tables.length === 0) return [input];
    const output = newValue(
      input.dtype,
      tables.map((table) => table.length),
    );
    if (elementCount(output.shape) === 0) return [output];
    const [target, source] = [cellsOf(output), cellsOf(input)];
    const width = cellWidth(input.dtype);
    const line = tables[tables.length - 1]!;
    mirrorLines(input.shape, tables, (to, from) => {
      for (let i = 0; i < line.length; i++) {
        for (let c = 0; c < width; c++) target[(to + i) * width + c] = source[(from + line[i]!) * width + c]!;
      }
    });
    return [output];
  };
};

const mirrorPadGrad: KernelFactory = ({ attrs }) => {
  const edge = attrs.text("mode") === "REFLECT" ? 1 : 0;
  return (inputs) => {
    const [grad, paddings] = inputs as [TensorValue, TensorValue];
    const { before, after } = paddingColumns(paddings, grad.shape, ",");
    const shape = grad.shape.map((size, d) => size - before[d]! - after[d]!);
    for (let d = 0; d < shape.length; d++) {
      if (before[d]! < 0 || after[d]! < 0)
        throw invalidArgument(`Paddings must be non-negative: ${before[d]}, ${after[d]}`);
    }
    const tables = mirrorTables(shape, before, after, edge, "output ");
    if (tables.length === 0) return [grad];
    const output = newValue(grad.dtype, shape);
    if (elementCount(grad.shape) === 0) return [output];
    const add = accumulator("add", output, grad);
    const line = tables[tables.length - 1]!;
    mirrorLines(shape, tables, (to, from) => {
      for (let i = 0; i < line.length; i++) add(from + line[i]!, to + i, 1, 1);
    });
    return [output];
  };
};

/** Padding or cropping of the block dimensions with the batch in front and the rest behind left alone. */
function around(rank: number, flat: readonly number[], column: 0 | 1): number[] {
  return Array.from({ length: rank }, (_, d) =>
    d >= 1 && 2 * (d - 1) < flat.length ? flat[2 * (d - 1) + column]! : 0,
  );
}

function blockArguments(input: TensorValue, blockValue: TensorValue, edges: TensorValue, edgesName: string): number[] {
  const count = blockValue.shape[0] ?? 0;
  if (blockValue.shape.length !== 1) throw invalidArgument("block rank should be 1");
  if (input.shape.length < 1 + count) {
    throw invalidArgument(`input rank should be >= ${1 + count} instead of ${input.shape.length}`);
  }
  if (edges.shape.length !== 2 || edges.shape[0] !== count || edges.shape[1] !== 2) {
    throw invalidArgument(`${edgesName} should have shape [${count}, 2] instead of ${shapeText(edges.shape)}`);
  }
  const block = toIntegers(blockValue);
  return block;
}

function spaceToBatch(input: TensorValue, blockValue: TensorValue, paddings: TensorValue): TensorValue {
  const block = blockArguments(input, blockValue, paddings, "paddings");
  for (const size of block) {
    if (size < 1)
      throw invalidArgument(
        `All values in block_shape must be positive, got value, ${size} at index ${block.indexOf(size)}.`,
      );
  }
  const flat = toIntegers(paddings);
  const rank = input.shape.length;
  block.forEach((size, i) => {
    const [low, high] = [flat[2 * i]!, flat[2 * i + 1]!];
    if (low < 0 || high < 0) throw invalidArgument("Paddings must be non-negative");
    const whole = input.shape[i + 1]! + low + high;
    if (whole % size !== 0) {
      throw invalidArgument(`padded_shape[${i}]=${whole} is not divisible by block_shape[${i}]=${size}`);
    }
  });
  const padded = padValue(input, around(rank, flat, 0), around(rank, flat, 1));
  const view: number[] = [padded.shape[0]!];
  const order: number[] = [];
  const shape = [padded.shape[0]!];
  block.forEach((size, i) => {
    const whole = padded.shape[i + 1]!;
    shape[0] = shape[0]! * size;
    shape.push(whole / size);
    order.push(view.length + 1);
    view.push(whole / size, size);
  });
  const rest = padded.shape.slice(1 + block.length);
  const permutation = [...order, 0, ...order.map((d) => d - 1), ...rest.map((_, i) => view.length + i)];
  return permute(padded, [...view, ...rest], permutation, [...shape, ...rest]);
}

function batchToSpace(input: TensorValue, blockValue: TensorValue, crops: TensorValue): TensorValue {
  const block = blockArguments(input, blockValue, crops, "crops");
  const flat = toIntegers(crops);
  const blocks = block.reduce((total, size) => total * size, 1);
  if (blocks <= 0) throw invalidArgument(`Product of block sizes must be positive, got ${blocks}`);
  const batch = input.shape[0]!;
  if (batch % blocks !== 0) {
    throw invalidArgument(`Input batch dimension (${batch}) is not divisible by product of block sizes (${blocks})`);
  }
  const count = block.length;
  const rest = input.shape.slice(1 + count);
  const sizes = input.shape.slice(1, 1 + count);
  const view = [...block, batch / blocks, ...sizes, ...rest];
  const permutation = [count];
  for (let i = 0; i < count; i++) permutation.push(count + 1 + i, i);
  for (let i = 0; i < rest.length; i++) permutation.push(2 * count + 1 + i);
  const shape = [batch / blocks, ...sizes.map((size, i) => size * block[i]!), ...rest];
  block.forEach((_, i) => {
    const [low, high] = [flat[2 * i]!, flat[2 * i + 1]!];
    if (low < 0 || high < 0) throw invalidArgument("Crops must be non-negative");
    if (low + high > shape[i + 1]!) {
      throw invalidArgument(`cropped_shape[${i}]=${shape[i + 1]! - low - high} must be non-negative`);
    }
  });
  const whole = permute(input, view, permutation, shape);
  return cropValue(whole, around(shape.length, flat, 0), around(shape.length, flat, 1));
}

function squareBlock(size: number): TensorValue {
  return { dtype: "int32", shape: [2], data: Int32Array.of(size, size) };
}

const depthToSpace: KernelFactory = ({ attrs }) => {
  const block = attrs.int("block_size");
  const format = attrs.text("data_format");
  if (format !== "NHWC") throw invalidArgument(`Only NHWC data_format supported on CPU. Got ${format}`);
  return ([input]) => {
    const shape = rank4(input!, ":");
    const [batch, height, width, depth] = shape as [number, number, number, number];
    if (depth % (block * block) !== 0) {
      throw invalidArgument(`Input depth dimension ${depth} should be divisible by: ${block * block}`);
    }
    const channels = depth / (block * block);
    const view = [batch, height, width, block, block, channels];
    return [permute(input!, view, [0, 1, 3, 2, 4, 5], [batch, height * block, width * block, channels])];
  };
};

const spaceToDepth: KernelFactory = ({ attrs }) => {
  const block = attrs.int("block_size");
  const format = attrs.text("data_format");
  if (format !== "NHWC") throw invalidArgument(`Only NHWC data_format supported on CPU. Got ${format}`);
  return ([input]) => {
    const [batch, height, width, depth] = rank4(input!, "") as [number, number, number, number];
    if (width % block !== 0 || height % block !== 0) {
      throw invalidArgument(`Image width ${width} and height ${height} should be divisible by block_size: ${block}`);
    }
    const [rows, columns] = [height / block, width / block];
    const view = [batch, rows, block, columns, block, depth];
    return [permute(input!, view, [0, 1, 3, 2, 4, 5], [batch, rows, columns, block * block * depth])];
  };
};

function rank4(input: TensorValue, sign: string): Shape {
  if (input.shape.length !== 4)
    throw invalidArgument(`Input rank should be${sign} 4 instead of${sign} ${input.shape.length}`);
  return input.shape;
}

/** Host kernels that put edges around tensors, and those that trade space for batch or depth. */
export const arrayPadKernels: KernelTable = {
  Pad: pad,
  PadV2: pad,
  MirrorPad: mirrorPad,
  MirrorPadGrad: mirrorPadGrad,
  SpaceToBatchND: () => (inputs) => [spaceToBatch(inputs[0]!, inputs[1]!, inputs[2]!)],
  BatchToSpaceND: () => (inputs) => [batchToSpace(inputs[0]!, inputs[1]!, inputs[2]!)],
  SpaceToBatch: ({ attrs }) => {
    const block = squareBlock(attrs.int("block_size"));
    return (inputs) => [spaceToBatch(inputs[0]!, block, inputs[1]!)];
  },
  BatchToSpace: ({ attrs }) => {
    const block = squareBlock(attrs.int("block_size"));
    return (inputs) => [batchToSpace(inputs[0]!, block, inputs[1]!)];
  },
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
};
