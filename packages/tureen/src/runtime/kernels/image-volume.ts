import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument, unimplemented } from "../../core/status-error.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { cellsOf, cellWidth, copyCells, newValue } from "./array/cells.js";

/** Patches of volumes laid out along the depth dimension; beyond the borders there are zeros. */
const extractVolumePatches: KernelFactory = ({ attrs }) => {
  const [ksizes, strides] = [attrs.ints("ksizes"), attrs.ints("strides")];
  const same = attrs.text("padding") === "SAME";
  for (const [name, values] of [
    ["ksizes", ksizes],
    ["strides", strides],
  ] as const) {
    if (values.length !== 5) throw invalidArgument(`Sliding window ${name} field must specify 5 dimensions`);
    if (values[0] !== 1 || values[4] !== 1) throw unimplemented(`Only support ${name} across space.`);
  }
  return ([input]) => {
    const { shape, dtype } = input!;
    if (shape.length !== 5) throw invalidArgument(`input must be 5-dimensional${shapeText(shape)}`);
    const [batch, , , , channels] = shape as readonly [number, number, number, number, number];
    const axes = [1, 2, 3].map((d) => {
      const [size, k, stride] = [shape[d]!, ksizes[d]!, strides[d]!];
      const count = same ? Math.ceil(size / stride) : Math.max(0, Math.floor((size - k + stride) / stride));
      const pad = same ? Math.floor(Math.max(0, (count - 1) * stride + k - size) / 2) : 0;
      return { size, k, stride, count, pad };
    }) as [Axis, Axis, Axis];
    const [planes, rows, columns] = axes;
    const depth = planes.k * rows.k * columns.k * channels;
    const output = newValue(dtype, [batch, planes.count, rows.count, columns.count, depth]);
    if (elementCount(output.shape) === 0) return [output];
    const width = cellWidth(dtype) * channels;
    const [from, to] = [cellsOf(input!), cellsOf(output)];
    let at = 0;
    for (let b = 0; b < batch; b++) {
      for (let p = 0; p < planes.count; p++) {
        for (let r = 0; r < rows.count; r++) {
          for (let c = 0; c < columns.count; c++) {
            for (let kp = 0; kp < planes.k; kp++) {
              const plane = p * planes.stride - planes.pad + kp;
              for (let kr = 0; kr < rows.k; kr++) {
                const row = r * rows.stride - rows.pad + kr;
                const outside = plane < 0 || plane >= planes.size || row < 0 || row >= rows.size;
                const line = ((b * planes.size + plane) * rows.size + row) * columns.size;
                for (let kc = 0; kc < columns.k; kc++, at += width) {
                  const column = c * columns.stride - columns.pad + kc;
                  if (outside || column < 0 || column >= columns.size) continue;
                  copyCells(to, at, from, (line + column) * width, width);
                }
              }
            }
          }
        }
      }
    }
    return [output];
  };
};

/** One dimension of a window's walk. */
interface Axis {
  readonly size: number;
  readonly k: number;
  readonly stride: number;
  readonly count: number;
  readonly pad: number;
}

/** Host kernels of volumes as images. */
export const imageVolumeKernels: KernelTable = { ExtractVolumePatches: extractVolumePatches };
