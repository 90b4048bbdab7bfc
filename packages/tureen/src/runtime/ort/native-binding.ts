import { createRequire } from "node:module";

/** A tensor of onnxruntime's JavaScript API. */
export interface OrtTensor {
  readonly type: string;
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** A session of the native binding: its `run` is synchronous, unlike that of the package's public API. */
export interface NativeSession {
  loadModel(buffer: ArrayBufferLike, byteOffset: number, byteLength: number, options: object): void;
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    /** A tensor is written in place, null asks for a new one. */
    fetches: Readonly<Record<string, OrtTensor | null>>,
    options: object,
  ): Record<string, OrtTensor>;
  dispose(): void;
}

/** What the package's native half offers. */
export interface NativeBinding {
  readonly InferenceSession: new () => NativeSession;
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => OrtTensor;
}

let loaded: NativeBinding | null | undefined;

/**
 * The native half of onnxruntime-node, or null where the package or its binary for this platform is missing.
 *
 * Says so in one warning, once a process: everything then runs on the host kernels, slower but with the same results.
 */
export function nativeBinding(): NativeBinding | null {
  if (loaded === undefined) {
    try {
      loaded = load();
    } catch (error) {
      loaded = null;
      const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
      process.emitWarning(
        `onnxruntime-node cannot be used on ${process.platform}-${process.arch}; models run on the slower host kernels: ${reason}`,
        {
          code: "TUREEN_NO_ONNXRUNTIME",
        },
      );
    }
  }
  return loaded;
}

function load(): NativeBinding {
  const require = createRequire(import.meta.url);
  // Its Linux build sends usage data to its makers unless told not to. What a service does is its operator's business.
  process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
  // `dist/binding` is not part of the package's documented API, which only has an asynchronous run; the pinned version has it.
  const { binding, initOrt } = require("onnxruntime-node/dist/binding") as {
    readonly binding: { readonly InferenceSession: NativeBinding["InferenceSession"] };
    readonly initOrt: () => void;
  };
  const common = createRequire(require.resolve("onnxruntime-node"))("onnxruntime-common") as {
    readonly Tensor: NativeBinding["Tensor"];
    readonly env: { logLevel?: string };
  };
  // Its kernels warn on the process's stderr, in colour, of what a model's author cannot change; what cannot be done it throws.
  common.env.logLevel = "fatal";
  initOrt();
  return { InferenceSession: binding.InferenceSession, Tensor: common.Tensor };
}
