import { dtypeLabel } from "../../core/dtype.js";
import { isCompatible, shapeText } from "../../core/shape.js";
import { invalidArgument } from "../../core/status-error.js";
import { decodeText } from "../../core/text.js";
import type { Kernel, KernelFactory, KernelTable } from "../kernel.js";
import { summarizeValue } from "./check/summarize-value.js";

const passOn: Kernel = (inputs) => inputs;

const passOnFactory: KernelFactory = () => passOn;

const placeholder: KernelFactory = ({ name, attrs }) => {
  const dtype = dtypeLabel(attrs.type("dtype"));
  const shape = attrs.shape("shape");
  const known = shape === undefined || shape.length === 0 ? "" : ` and shape ${shapeText(shape)}`;
  return () => {
    throw invalidArgument(`You must feed a value for placeholder tensor '${name}' with dtype ${dtype}${known}`);
  };
};

const ensureShape: KernelFactory = ({ name, attrs }) => {
  const expected = attrs.shape("shape");
  return (inputs) => {
    const { shape } = inputs[0]!;
    if (!isCompatible(expected, shape)) {
      throw invalidArgument(
        `Shape of tensor ${name} ${shapeText(shape)} is not compatible with expected shape ${shapeText(expected)}.`,
      );
    }
    return inputs;
  };
};

const print: KernelFactory = ({ attrs }) => {
  const message = attrs.text("message");
  const firstN = attrs.int("first_n");
  const summarize = attrs.int("summarize");
  let printed = 0;
  return (inputs) => {
    const [input, ...data] = inputs;
    if (firstN < 0 || printed < firstN) {
      printed += 1;
      process.stderr.write(`${message}${data.map((value) => `[${summarizeValue(value, summarize)}]`).join("")}\n`);
    }
    return [input!];
  };
};

const printV2: KernelFactory = ({ attrs }) => {
  const stream = attrs.text("output_stream");
  // A stream named file:// would write outside of the model's folder, which a model never may.
  if (stream.startsWith("file://")) throw invalidArgument(`Printing to ${stream} is not allowed`);
  if (!["stdout", "stderr", "log(info)", "log(warning)", "log(error)"].includes(stream)) {
    throw invalidArgument(
      `Unknown output stream: ${stream}, Valid streams are: stdout stderr log(info) log(warning) log(error)`,
    );
  }
  const target = stream === "stdout" ? process.stdout : process.stderr;
  const end = attrs.text("end");
  return ([input]) => {
    if (input!.shape.length !== 0) {
      throw invalidArgument(`Input is expected to be scalar, but got ${shapeText(input!.shape)}`);
    }
    const [text] = input!.data as readonly Uint8Array[];
    target.write(`${decodeText(text!)}${end}`);
    return [];
  };
};

/** Passes the chosen ref on, which is the handle of its variable. */
const refSelect: KernelFactory = ({ attrs }) => {
  const count = attrs.int("N");
  return (inputs) => {
    const { shape, data } = inputs[0]!;
    if (shape.length !== 0) throw invalidArgument(`Index must be a scalar, but it has shape ${shapeText(shape)}`);
    const index = (data as Int32Array)[0]!;
    if (index < 0 || index >= count) {
      throw invalidArgument(`Index must be in the range [0, ${count}) but got ${index}`);
    }
    return [inputs[1 + index]!];
  };
};

/** Host kernels of the control family that pass values on; those that choose a way are the executor's. */
export const controlKernels: KernelTable = {
  Identity: passOnFactory,
  IdentityN: passOnFactory,
  RefIdentity: passOnFactory,
  Snapshot: passOnFactory,
  StopGradient: passOnFactory,
  PreventGradient: passOnFactory,
  DeepCopy: passOnFactory,
  GuaranteeConst: passOnFactory,
  PlaceholderWithDefault: passOnFactory,
  Placeholder: placeholder,
  PlaceholderV2: placeholder,
  EnsureShape: ensureShape,
  RefSelect: refSelect,
  SyncDevice: () => () => [],
  Print: print,
  PrintV2: printV2,
};
