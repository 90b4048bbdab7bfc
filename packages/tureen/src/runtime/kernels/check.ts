import type { NumericArray } from "../../core/dtype.js";
import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { readHalf } from "./array/half.js";
import { summarizeValue } from "./check/summarize-value.js";

const assertTrue: KernelFactory = ({ attrs }) => {
  const summarize = attrs.int("summarize");
  return (inputs) => {
    const [condition, ...data] = inputs as [TensorValue<"bool">, ...TensorValue[]];
    if (condition.data[0] !== 0) return [];
    const parts = data.map((value) => `[${summarizeValue(value, summarize)}]`);
    throw invalidArgument(`assertion failed: ${parts.join(" ")}`);
  };
};

interface Oddities {
  readonly nan: boolean;
  readonly plus: boolean;
  readonly minus: boolean;
}

function odditiesOf(value: TensorValue): Oddities {
  const { dtype } = value;
  const data = value.data as unknown as NumericArray;
  const half = dtype === "float16" || dtype === "bfloat16";
  let [nan, plus, minus] = [false, false, false];
  for (let i = 0; i < data.length; i++) {
    const element = half ? readHalf(dtype, data[i] as number) : (data[i] as number);
    // x - x is 0 for every finite number.
    if (element - element === 0) continue;
    if (element === Number.POSITIVE_INFINITY) plus = true;
    else if (element === Number.NEGATIVE_INFINITY) minus = true;
    else nan = true;
  }
  return { nan, plus, minus };
}

const checkNumerics: KernelFactory = ({ attrs }) => {
  const message = attrs.text("message");
  return ([input]) => {
    const { nan, plus, minus } = odditiesOf(input!);
    if (!nan && !plus && !minus) return [input!];
    const infinite = plus || minus;
    const found = infinite && nan ? "Inf and NaN" : infinite ? "Inf" : "NaN";
    throw invalidArgument(`${message} : Tensor had ${found} values`);
  };
};

const checkNumericsV2: KernelFactory = ({ attrs }) => {
  const message = attrs.text("message");
  return ([input]) => {
    const { nan, plus, minus } = odditiesOf(input!);
    const found: string[] = [];
    if (minus) found.push("-Inf");
    if (plus) found.push("+Inf");
    if (nan) found.push("NaN");
    if (found.length === 0) return [input!];
    throw invalidArgument(`${message} : Tensor had ${listText(found)} values`);
  };
};

function listText(items: readonly string[]): string {
  if (items.length < 3) return items.join(" and ");
  return `${items.slice(0, -1).join(", ")}, and ${items[items.length - 1]}`;
}

/** Host kernels of the check family. */
export const checkKernels: KernelTable = {
  Assert: assertTrue,
  CheckNumerics: checkNumerics,
  CheckNumericsV2: checkNumericsV2,
};
