import { unimplemented } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { encodeText } from "../../core/text.js";
import { Attrs } from "../../graph/attr-value.js";
import type { Kernel, KernelFactory, KernelNode, KernelTable } from "../kernel.js";
import { realArray, realData, realValue } from "./linalg/real-data.js";
import { linalgProductKernels } from "./linalg-product.js";
import { nnActivationKernels } from "./nn-activation.js";
import { nnConvKernels } from "./nn-conv.js";

/*
 * What TensorFlow's graph optimizer makes of a product and what follows it; some tools freeze graphs after that. The parts are the kernels of
 * the ops that were fused.
 */

/** Those that TensorFlow fuses on a CPU. */
const activations: Readonly<Record<string, KernelFactory | undefined>> = {
  Relu: nnActivationKernels["Relu"],
  Relu6: nnActivationKernels["Relu6"],
  Elu: nnActivationKernels["Elu"],
  LeakyRelu: nnActivationKernels["LeakyRelu"],
};

/** The fused node as the node of one of its parts. */
function partOf(node: KernelNode, type: string): KernelNode {
  const [dtype] = node.inputTypes as readonly [KernelNode["inputTypes"][number]];
  const attrs = new Map(node.attrs.map);
  attrs.set("T", { kind: "type", value: dtype });
  const alpha = attrs.get("leakyrelu_alpha");
  if (type === "LeakyRelu" && alpha !== undefined) attrs.set("alpha", alpha);
  if (!attrs.has("data_format")) attrs.set("data_format", { kind: "string", value: encodeText("NHWC") });
  return { ...node, type, attrs: new Attrs(attrs, node.type), inputTypes: [dtype, dtype], constant: () => undefined };
}

function biasOf(node: KernelNode): Kernel {
  return nnActivationKernels["BiasAdd"]!(partOf(node, "BiasAdd"));
}

/** Batch normalization with statistics that do not change: scale, offset, mean and variance. */
function normalized(attrs: Attrs): Kernel {
  const epsilon = attrs.float("epsilon");
  return ([x, scale, offset, mean, variance]) => {
    const channels = scale!.shape[0]!;
    const [data, s, o, m, v] = [x, scale, offset, mean, variance].map((value) => realData(value!));
    const out = realArray(x!.dtype, data!.length);
    for (let c = 0; c < channels; c++) {
      const factor = s![c]! / Math.sqrt(v![c]! + epsilon);
      for (let i = c; i < out.length; i += channels) out[i] = (data![i]! - m![c]!) * factor + o![c]!;
    }
    return [realValue(x!.dtype, x!.shape, out)];
  };
}

function fused(product: KernelFactory, name: string): KernelFactory {
  return (node) => {
    const ops = node.attrs.texts("fused_ops");
    const run = product(partOf(node, name));
    const [first, ...rest] = ops;
    const join = first === "BiasAdd" ? biasOf(node) : first === "FusedBatchNorm" ? normalized(node.attrs) : undefined;
    const activation = rest.length === 1 ? activations[rest[0]!]?.(partOf(node, rest[0]!)) : undefined;
    if (join === undefined || rest.length > 1 || (rest.length === 1 && activation === undefined)) {
      throw unimplemented(`Fusion is not implemented: [${ops.join(",")}]`);
    }
    return ([a, b, ...args], context) => {
      const [result] = run([a!, b!], context) as readonly [TensorValue];
      const joined = join([result, ...args], context);
      return activation === undefined ? joined : activation(joined, context);
    };
  };
}

/** Host kernels of products fused with what follows them. */
export const nnFusedKernels: KernelTable = {
  _FusedMatMul: fused(linalgProductKernels["MatMul"]!, "MatMul"),
  _FusedConv2D: fused(nnConvKernels["Conv2D"]!, "Conv2D"),
};
