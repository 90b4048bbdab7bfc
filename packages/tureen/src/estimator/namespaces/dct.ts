import { checkOptions, type OptionTable } from "../../core/check-options.js";
import { invalidArgument } from "../../core/status-error.js";
import { build, constant, type NamedOptions } from "../../graph/build-op.js";
import type { Tensor } from "../../graph/graph.js";
import { nameScope } from "../../graph/scope.js";
import { reshape } from "../nn/tensor-shape.js";

/** Options of cosine transforms. */
export interface DctOptions extends NamedOptions {
  /** Default 2. */
  readonly type?: 1 | 2 | 3 | 4;
  /** "ortho" makes the transform orthogonal. */
  readonly norm?: "ortho" | null;
}

const dctTable: OptionTable<DctOptions> = { type: "optional", norm: "optional", name: "optional" };

/** The discrete cosine transform of the last dimension (`tf.signal.dct`), whose size must be known: a product with the weights, n by n. */
export function dct(input: Tensor, options: DctOptions = {}): Tensor {
  checkOptions("dct", options, dctTable);
  const { type = 2, norm = null } = options;
  if (type === 1 && norm === "ortho") throw invalidArgument("Normalization is not supported for the Type-I DCT.");
  const size = input.shape?.at(-1) ?? -1;
  if (size < 0) throw invalidArgument("The last size of dct's input must be known.");
  if (type === 1 && size < 2) throw invalidArgument("Type-I DCT requires the dimension to be greater than one.");
  return nameScope(options.name ?? "dct", () => timesMatrix(input, size, (n, k) => dctWeight(type, norm, size, n, k)));
}

/** The inverse of `dct` up to a scale, and exactly so with `norm` "ortho" (`tf.signal.idct`). */
export function idct(input: Tensor, options: DctOptions = {}): Tensor {
  checkOptions("idct", options, dctTable);
  const { type = 2, norm = null } = options;
  const inverse = ({ 1: 1, 2: 3, 3: 2, 4: 4 } as const)[type];
  return dct(input, { type: inverse, norm, name: options.name ?? "idct" });
}

/** What element n gives to element k of a transform of so many elements. */
function dctWeight(type: 1 | 2 | 3 | 4, norm: "ortho" | null, size: number, n: number, k: number): number {
  const ortho = norm === "ortho";
  switch (type) {
    case 1:
      return n === 0 ? 1 : n === size - 1 ? (-1) ** k : 2 * Math.cos((Math.PI * n * k) / (size - 1));
    case 2: {
      const scale = ortho ? Math.sqrt((k === 0 ? 0.5 : 1) * (2 / size)) / 2 : 1;
      return scale * 2 * Math.cos((Math.PI * (2 * n + 1) * k) / (2 * size));
    }
    case 3: {
      const angle = Math.cos((Math.PI * n * (2 * k + 1)) / (2 * size));
      if (ortho) return n === 0 ? Math.sqrt(1 / size) : Math.sqrt(2 / size) * angle;
      return n === 0 ? 1 : 2 * angle;
    }
    case 4:
      return (ortho ? Math.sqrt(1 / (2 * size)) : 1) * 2 * Math.cos((Math.PI * (2 * n + 1) * (2 * k + 1)) / (4 * size));
  }
}

function timesMatrix(input: Tensor, size: number, weight: (n: number, k: number) => number): Tensor {
  const rows = Array.from({ length: size }, (_, n) => Array.from({ length: size }, (_, k) => weight(n, k)));
  const matrix = constant(rows, input.dtype, "weights");
  if (input.shape!.length > 1) return build("BatchMatMulV2", [input, matrix], {}, "MatMul");
  return reshape(build("MatMul", [reshape(input, [1, size]), matrix], {}, "MatMul"), [size]);
}
