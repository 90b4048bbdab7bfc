import { dtypeEnumName } from "../../core/dtype.js";
import { shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { type TensorValue, tensorValue } from "../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../kernel.js";
import { typeSpecClass } from "./list/type-spec-class.js";

/** What a variant tensor of a composite tensor holds: TensorFlow's `CompositeTensorVariant`. */
interface CompositeTensor {
  readonly kind: "CompositeTensorVariant";
  readonly specClass: string;
  readonly components: readonly TensorValue[];
}

const fromComponents: KernelFactory = ({ attrs }) => {
  const specClass = typeSpecClass(attrs.bytes("metadata"));
  return (components) => {
    const composite: CompositeTensor = Object.freeze({ kind: "CompositeTensorVariant", specClass, components });
    return [tensorValue("variant", [], [composite])];
  };
};

const toComponents: KernelFactory = ({ attrs }) => {
  const specClass = typeSpecClass(attrs.bytes("metadata"), "Error parsing `metadata`");
  const dtypes = attrs.types("Tcomponents");
  return ([encoded]) => {
    const [found] = encoded!.data as readonly (Partial<CompositeTensor> | undefined)[];
    if (found?.kind !== "CompositeTensorVariant") {
      throw invalidArgument(
        `The input \`encoded\` is not a valid CompositeTensorVariant tensor, got Tensor<type: variant shape: ${shapeText(encoded!.shape)} values: <${String(found?.kind)}>>`,
      );
    }
    const { components, specClass: foundClass } = found as CompositeTensor;
    if (foundClass !== specClass) {
      throw invalidArgument(
        `Expected a ${specClass} (based on \`type_spec\`), but \`encoded\` contains a ${foundClass}`,
      );
    }
    if (components.length !== dtypes.length) {
      throw invalidArgument(
        `Encoded value has ${components.length} tensor components; expected ${dtypes.length} components based on type_spec`,
      );
    }
    for (const [i, { dtype }] of components.entries()) {
      if (dtype !== dtypes[i]) {
        throw invalidArgument(
          `Tensor component ${i} had dtype ${dtypeEnumName(dtype)}; expected dtype ${dtypeEnumName(dtypes[i]!)}`,
        );
      }
    }
    return components;
  };
};

/** Host kernels that put the tensors of a composite tensor into a variant and take them out again. */
export const listCompositeKernels: KernelTable = {
  CompositeTensorVariantFromComponents: fromComponents,
  CompositeTensorVariantToComponents: toComponents,
};
