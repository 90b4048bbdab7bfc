import { isNumericDType } from "../../core/dtype.js";
import { elementCount, shapeText } from "../../core/shape.js";
import { invalidArgument, StatusError } from "../../core/status-error.js";
import { intValue, type TensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";

/** TensorFlow's `ToBool`: a scalar number is true when not zero, a string when not empty, anything else when it has elements. */
function isTrue(value: TensorValue): boolean {
  if (value.shape.length > 0) return elementCount(value.shape) > 0;
  if (value.dtype === "string") return (value.data[0] as Uint8Array).length > 0;
  if (!isNumericDType(value.dtype)) return true;
  return Number((value.data as ArrayLike<number | bigint>)[0]) !== 0;
}

const ifKernel: KernelFactory = ({ attrs }) => {
  const [thenBranch, elseBranch] = [attrs.func("then_branch"), attrs.func("else_branch")];
  return (inputs, context) => {
    const branch = isTrue(inputs[0]!) ? thenBranch : elseBranch;
    return context.functions.prepare(branch)(inputs.slice(1), context);
  };
};

const caseKernel: KernelFactory = ({ attrs }) => {
  const branches = attrs.funcs("branches");
  return (inputs, context) => {
    const index = Number((inputs[0]!.data as ArrayLike<number>)[0]);
    // As TensorFlow: an index out of range takes the last branch.
    const branch = branches[index >= 0 && index < branches.length ? index : branches.length - 1]!;
    return context.functions.prepare(branch)(inputs.slice(1), context);
  };
};

const whileKernel: KernelFactory = ({ name, attrs }) => {
  const [cond, body] = [attrs.func("cond"), attrs.func("body")];
  return (inputs, context) => {
    const test = context.functions.prepare(cond);
    const step = context.functions.prepare(body);
    let values = inputs;
    const limit = context.loopLimit ?? Number.POSITIVE_INFINITY;
    for (let iteration = 0; isTrue(test(values, context)[0]!); iteration++) {
      if (iteration >= limit)
        throw new StatusError("RESOURCE_EXHAUSTED", `While loop '${name}' did not end within ${limit} iterations`);
      values = step(values, context);
      if (performance.now() > context.deadline)
        throw new StatusError("DEADLINE_EXCEEDED", "Timed out waiting for notification");
    }
    return values;
  };
};

const forKernel: KernelFactory = ({ name, attrs }) => {
  const body = attrs.func("body");
  return ([startValue, limitValue, deltaValue, ...inputs], context) => {
    const [start, limit, delta] = Object.entries({ start: startValue!, limit: limitValue!, delta: deltaValue! }).map(
      ([what, { shape, data }]) => {
        if (shape.length !== 0) throw invalidArgument(`${what} must be a scalar, but ${shapeText(shape)}`);
        return (data as Int32Array)[0]!;
      },
    ) as [number, number, number];
    if (!((delta > 0 && start <= limit) || (delta < 0 && start >= limit) || (delta === 0 && start === limit))) {
      throw invalidArgument(`Invalid start/limit/delta: ${start} ${limit} ${delta}`);
    }
    const step = context.functions.prepare(body);
    const bound = context.loopLimit ?? Number.POSITIVE_INFINITY;
    let values: readonly TensorValue[] = inputs;
    for (let i = start, iteration = 0; delta > 0 ? i < limit : i > limit; i += delta, iteration++) {
      if (iteration >= bound)
        throw new StatusError("RESOURCE_EXHAUSTED", `For loop '${name}' did not end within ${bound} iterations`);
      values = step([intValue([i], []), ...values], context);
      if (performance.now() > context.deadline)
        throw new StatusError("DEADLINE_EXCEEDED", "Timed out waiting for notification");
    }
    return values;
  };
};

/** Kernels of the functional control-flow ops; calls are inlined by the compiler and have none. */
export const controlFlowKernels: KernelTable = {
  If: ifKernel,
  StatelessIf: ifKernel,
  Case: caseKernel,
  StatelessCase: caseKernel,
  For: forKernel,
  While: whileKernel,
  StatelessWhile: whileKernel,
};
