import { dtypeEnumName } from "../../core/dtype.js";
import { invalidArgument, type StatusError } from "../../core/status-error.js";
import type { KernelNode } from "../kernel.js";

/** The error of a node whose dtypes have no kernel, as TensorFlow's Session words it before it lists the kernels there are. */
export function missingKernel(node: KernelNode): StatusError {
  const types = [...node.attrs.map]
    .flatMap(([name, attr]) => (attr.kind === "type" ? [`${name}=${dtypeEnumName(attr.value)}`] : []))
    .join(", ");
  return invalidArgument(
    `No OpKernel was registered to support Op '${node.type}' used by {{node ${node.name}}} with these attrs: [${types}]`,
  );
}
