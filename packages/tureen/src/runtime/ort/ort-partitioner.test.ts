import { describe, expect, test } from "vitest";
import { StatusError } from "../../core/status-error.js";
import { floatValue, intValue, type TensorValue } from "../../core/tensor-value.js";
import { build, buildOp, type TensorLike } from "../../graph/build-op.js";
import { Graph, type Tensor } from "../../graph/graph.js";
import { withGraph } from "../../graph/scope.js";
import { Session } from "../session.js";
import { nativeBinding } from "./native-binding.js";
import { hostOnly, type OrtPartitionerOptions, ortPartitioner } from "./ort-partitioner.js";
import type { SegmentEvent } from "./segment.js";

function ramp(shape: readonly number[], scale = 0.1): TensorValue<"float32"> {
  const count = shape.reduce((a, b) => a * b, 1);
  return floatValue(
    Float32Array.from({ length: count }, (_, i) => Math.sin(i) * scale),
    [...shape],
  );
}

interface Built {
  readonly graph: Graph;
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

function built(make: () => { readonly inputs: readonly Tensor[]; readonly outputs: readonly Tensor[] }): Built {
  const graph = new Graph();
  return withGraph(graph, () => ({ graph, ...make() }));
}

function placeholder(shape: readonly number[], dtype: "float32" | "int32" = "float32"): Tensor {
  return build("Placeholder", [], { dtype, shape });
}

interface Runs {
  readonly events: SegmentEvent[];
  run(...values: TensorValue[]): TensorValue[];
  close(): void;
}

function inOrt({ graph, inputs, outputs }: Built, options: OrtPartitionerOptions = { always: true }): Runs {
  const events: SegmentEvent[] = [];
  const session = new Session(graph, {
    partitioner: ortPartitioner({ ...options, observe: (event) => events.push(event) }),
  });
  return {
    events,
    run: (...values) => session.run(outputs, new Map(inputs.map((input, i) => [input, values[i]!]))),
    close: () => session.close(),
  };
}

function onHost({ graph, inputs, outputs }: Built, ...values: TensorValue[]): TensorValue[] {
  return new Session(graph, { partitioner: hostOnly }).run(
    outputs,
    new Map(inputs.map((input, i) => [input, values[i]!])),
  );
}

function errorOf(run: () => unknown): StatusError {
  try {
    run();
  } catch (error) {
    if (error instanceof StatusError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

function mlp(): Built {
  return built(() => {
    const x = placeholder([-1, 64]);
    const hidden = build("Relu", [build("BiasAdd", [build("MatMul", [x, ramp([64, 32])]), ramp([32])])]);
    return {
      inputs: [x],
      outputs: [build("Softmax", [build("BiasAdd", [build("MatMul", [hidden, ramp([32, 10])]), ramp([10])])])],
    };
  });
}

function expectClose(actual: TensorValue, expected: TensorValue): void {
  expect(actual.shape).toEqual(expected.shape);
  const [a, b] = [actual.data as Float32Array, expected.data as Float32Array];
  for (let i = 0; i < b.length; i++) expect(a[i]).toBeCloseTo(b[i]!, 5);
}

describe.skipIf(nativeBinding() === null)("segments", () => {
  test("a large batch runs in ONNX Runtime, a batch of one on the host, with the same results", () => {
    const model = mlp();
    const ort = inOrt(model, {});
    for (const batch of [1, 64, 1, 200]) {
      const x = ramp([batch, 64], 1);
      expectClose(ort.run(x)[0]!, onHost(model, x)[0]!);
    }
    expect(ort.events.map(({ ran }) => ran)).toEqual(["small", "onnxruntime", "small", "onnxruntime"]);
    ort.close();
  });

  test("a graph of a few scalars is left alone", () => {
    const model = built(() => {
      const x = placeholder([-1]);
      return { inputs: [x], outputs: [build("AddV2", [build("Mul", [x, 0.5]), 2])] };
    });
    const ort = inOrt(model, {});
    expect([...(ort.run(floatValue([1, 2, 5]))[0]!.data as Float32Array)]).toEqual([2.5, 3, 4.5]);
    expect(ort.events).toEqual([]);
  });

  test("an empty batch gives an empty result", () => {
    const ort = inOrt(mlp());
    expect(ort.run(ramp([0, 64]))[0]!.shape).toEqual([0, 10]);
    expect(ort.events.map(({ ran }) => ran)).toEqual(["guard"]);
    ort.close();
  });

  test("errors are TensorFlow's, whatever the graph declared", () => {
    const model = mlp();
    const ort = inOrt(model);
    for (const x of [ramp([2, 63]), ramp([64]), ramp([2, 2, 64])]) {
      const expected = errorOf(() => onHost(model, x));
      const actual = errorOf(() => ort.run(x));
      expect(actual.code).toBe("INVALID_ARGUMENT");
      expect(actual.message).toBe(expected.message);
    }
    // And then it still works.
    expect(ort.run(ramp([2, 64]))[0]!.shape).toEqual([2, 10]);
    expect(ort.events.at(-1)!.ran).toBe("onnxruntime");
    ort.close();
  });

  test("an error that ONNX Runtime finds is told by the host kernel", () => {
    const model = built(() => {
      const [x, y] = [placeholder([-1, -1]), placeholder([-1, -1])];
      return { inputs: [x, y], outputs: [build("MatMul", [x, y])] };
    });
    const ort = inOrt(model);
    const error = errorOf(() => ort.run(ramp([2, 3]), ramp([4, 5])));
    expect(ort.events.map(({ ran }) => ran)).toEqual(["failed"]);
    expect(error.code).toBe("INVALID_ARGUMENT");
    expect(error.message).toContain("Matrix size-incompatible: In[0]: [2,3], In[1]: [4,5]");
    ort.close();
  });

  // Where ONNX broadcasts and TensorFlow does not, with sizes that would broadcast.
  const strict: readonly {
    readonly name: string;
    readonly op: (a: Tensor, b: Tensor) => Tensor;
    readonly shapes: readonly [number[], number[]];
  }[] = [
    {
      name: "AddN",
      op: (a, b) => build("AddN", [[a, b]]),
      shapes: [
        [3, 4],
        [1, 4],
      ],
    },
    {
      name: "ReluGrad",
      op: (a, b) => build("ReluGrad", [a, b]),
      shapes: [
        [3, 4],
        [3, 1],
      ],
    },
    {
      name: "Einsum",
      op: (a, b) => build("Einsum", [[a, b]], { equation: "ij,ij->ij" }),
      shapes: [
        [3, 4],
        [1, 4],
      ],
    },
    {
      name: "SoftplusGrad",
      op: (a, b) => build("SoftplusGrad", [a, b]),
      shapes: [
        [1, 1],
        [3, 4],
      ],
    },
  ];
  test.each(strict)("$name does not broadcast", ({ op, shapes }) => {
    const model = built(() => {
      const [a, b] = [placeholder([-1, -1]), placeholder([-1, -1])];
      return { inputs: [a, b], outputs: [op(a, b)] };
    });
    const ort = inOrt(model);
    const [a, b] = [ramp(shapes[0]), ramp(shapes[1])];
    const expected = errorOf(() => onHost(model, a, b));
    expect(errorOf(() => ort.run(a, b)).message).toBe(expected.message);
    ort.run(a, a);
    expect(ort.events.map(({ ran }) => ran)).toEqual(["failed", "onnxruntime"]);
    ort.close();
  });

  test("a bias of another length is an error", () => {
    const model = built(() => {
      const [x, bias] = [placeholder([-1, 4]), placeholder([4])];
      return { inputs: [x, bias], outputs: [build("BiasAdd", [x, bias])] };
    });
    const ort = inOrt(model);
    expect(errorOf(() => ort.run(ramp([2, 4]), ramp([1]))).message).toBe(
      errorOf(() => onHost(model, ramp([2, 4]), ramp([1]))).message,
    );
    ort.close();
  });

  test("indices below zero are out of range", () => {
    const model = built(() => {
      const ids = placeholder([-1], "int32");
      return { inputs: [ids], outputs: [build("GatherV2", [ramp([5, 3]), ids, intValue(Int32Array.of(0), [])])] };
    });
    const ort = inOrt(model);
    expect(errorOf(() => ort.run(intValue([1, -1]))).message).toContain("indices[1] = -1 is not in [0, 5)");
    expect(errorOf(() => ort.run(intValue([5]))).message).toContain("indices[0] = 5 is not in [0, 5)");
    expectClose(ort.run(intValue([4]))[0]!, onHost(model, intValue([4]))[0]!);
    ort.close();
  });

  test("NaN and infinity pass through activations wherever they stand", () => {
    // Vector code and the scalar code for its rest treat them differently where they go wrong at all.
    const count = 67;
    const ops = [
      "Relu",
      "Relu6",
      "Elu",
      "Selu",
      "Sigmoid",
      "Tanh",
      "Exp",
      "Softplus",
      "Softsign",
      "Erf",
      "LeakyRelu",
      "Abs",
      "Sqrt",
      "Log",
      "Square",
      "Neg",
    ];
    const model = built(() => {
      const x = placeholder([-1]);
      return { inputs: [x], outputs: ops.map((op) => build(op, [x])) };
    });
    const ort = inOrt(model);
    for (const special of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const x = floatValue(Float32Array.from({ length: count }, (_, i) => (i % 3 === 0 ? special : i / 10)));
      const expected = onHost(model, x);
      for (const [o, actual] of ort.run(x).entries()) {
        const [a, b] = [actual.data as Float32Array, expected[o]!.data as Float32Array];
        for (let i = 0; i < count; i++)
          expect(
            Object.is(a[i], b[i]) || Math.abs(a[i]! - b[i]!) <= 1e-5 * Math.max(1, Math.abs(b[i]!)),
            `${ops[o]}(${x.data[i]}) is ${a[i]}, not ${b[i]}`,
          ).toBe(true);
      }
    }
    expect(ort.events.every(({ ran }) => ran === "onnxruntime")).toBe(true);
    ort.close();
  });

  test("a sigmoid is exact where it is small", () => {
    const model = built(() => {
      const x = placeholder([-1]);
      return { inputs: [x], outputs: [build("Sigmoid", [x])] };
    });
    const ort = inOrt(model);
    const x = floatValue(Float32Array.from({ length: 80 }, (_, i) => i - 70));
    const values = ort.run(x)[0]!.data as Float32Array;
    for (const [i, value] of values.entries()) expect(value / (1 / (1 + Math.exp(-x.data[i]!)))).toBeCloseTo(1, 5);
    ort.close();
  });

  test("NaN and infinity pass through softmaxes and extremes", () => {
    const model = built(() => {
      const [x, y] = [placeholder([-1, 19]), placeholder([-1, 19])];
      const binary = ["Maximum", "Minimum", "Mul", "AddV2"].map((op) => build(op, [x, y]));
      return {
        inputs: [x, y],
        outputs: [build("Softmax", [x]), build("LogSoftmax", [x]), build("Max", [x, [1]]), ...binary],
      };
    });
    const ort = inOrt(model);
    for (const special of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      for (const at of [0, 7, 18]) {
        const [x, y] = [ramp([2, 19]), ramp([2, 19], 0.2)];
        (x.data as Float32Array)[at] = special;
        (y.data as Float32Array)[37 - at] = special;
        const expected = onHost(model, x, y);
        for (const [o, actual] of ort.run(x, y).entries()) {
          const [a, b] = [actual.data as Float32Array, expected[o]!.data as Float32Array];
          for (let i = 0; i < b.length; i++) {
            expect(
              Object.is(a[i], b[i]) || Math.abs(a[i]! - b[i]!) <= 1e-5,
              `output ${o} is ${a[i]}, not ${b[i]}`,
            ).toBe(true);
          }
        }
      }
    }
    expect(ort.events.every(({ ran }) => ran === "onnxruntime")).toBe(true);
    ort.close();
  });

  test("NaN passes through a product with a fused bias and activation", () => {
    for (const activation of ["Relu", "Relu6", "Sigmoid", "Tanh", "LeakyRelu"]) {
      const model = built(() => {
        const x = placeholder([-1, 3]);
        return {
          inputs: [x],
          outputs: [build(activation, [build("BiasAdd", [build("MatMul", [x, ramp([3, 37])]), ramp([37])])])],
        };
      });
      const ort = inOrt(model);
      const [result] = ort.run(floatValue(Float32Array.of(1, Number.NaN, 2, 1, 2, 3), [2, 3]));
      expect((result!.data as Float32Array).subarray(0, 37).every(Number.isNaN), activation).toBe(true);
      expect((result!.data as Float32Array).subarray(37).some(Number.isNaN), activation).toBe(false);
      ort.close();
    }
  });

  test("NaN passes through a convolution with a fused activation", () => {
    const model = built(() => {
      const x = placeholder([-1, 5, 5, 2]);
      const y = build("Conv2D", [x, ramp([3, 3, 2, 8])], { strides: [1, 1, 1, 1], padding: "SAME" });
      return { inputs: [x], outputs: [build("Relu", [build("BiasAdd", [y, ramp([8])])])] };
    });
    const ort = inOrt(model);
    const x = ramp([1, 5, 5, 2]);
    (x.data as Float32Array)[24] = Number.NaN;
    const expected = onHost(model, x)[0]!.data as Float32Array;
    const actual = ort.run(x)[0]!.data as Float32Array;
    expect(actual.map((value) => Number(Number.isNaN(value)))).toEqual(
      expected.map((value) => Number(Number.isNaN(value))),
    );
    ort.close();
  });

  test("variables are read anew at each run", () => {
    const model = built(() => {
      const x = placeholder([-1, 2]);
      const handle = build("VarHandleOp", [], { dtype: "float32", shape: [2, 2], shared_name: "w" }, "w");
      const value = placeholder([2, 2]);
      buildOp("AssignVariableOp", [handle, value], {}, "assign");
      const weights = build("ReadVariableOp", [handle], { dtype: "float32" });
      return { inputs: [x, value], outputs: [build("MatMul", [x, weights as TensorLike])] };
    });
    const events: SegmentEvent[] = [];
    const session = new Session(model.graph, {
      partitioner: ortPartitioner({ always: true, observe: (event) => events.push(event) }),
    });
    const [x, value] = model.inputs as [Tensor, Tensor];
    const assign = (weights: number[]): unknown =>
      session.run([], new Map([[value, floatValue(Float32Array.from(weights), [2, 2])]]), ["assign"]);
    const product = (): number[] => [
      ...(session.run(model.outputs, new Map([[x, floatValue(Float32Array.of(1, 2), [1, 2])]]))[0]!
        .data as Float32Array),
    ];
    assign([1, 0, 0, 1]);
    expect(product()).toEqual([1, 2]);
    assign([2, 0, 0, 2]);
    expect(product()).toEqual([2, 4]);
    expect(events.map(({ ran }) => ran)).toEqual(["onnxruntime", "onnxruntime"]);
    session.close();
  });

  test("weights large enough to stay outside of the model's bytes arrive whole", () => {
    const weights = ramp([300, 40]);
    // A view into the middle of a buffer.
    const padded = new Float32Array(300 * 40 + 5);
    padded.set(weights.data, 3);
    const view = floatValue(padded.subarray(3, 3 + 300 * 40), [300, 40]);
    const model = built(() => {
      const x = placeholder([-1, 300]);
      return { inputs: [x], outputs: [build("MatMul", [x, view])] };
    });
    const ort = inOrt(model);
    expectClose(ort.run(ramp([3, 300]))[0]!, onHost(model, ramp([3, 300]))[0]!);
    expect(ort.events.map(({ ran }) => ran)).toEqual(["onnxruntime"]);
    ort.close();
  });

  test("the report says where each step runs", () => {
    const { graph, inputs, outputs } = mlp();
    const session = new Session(graph, { partitioner: ortPartitioner() });
    const report = session.explain({ feeds: inputs, fetches: outputs });
    expect(report.steps).toHaveLength(1);
    expect(report.steps[0]).toMatchObject({
      where: "onnxruntime",
      ops: ["MatMul", "BiasAdd", "Relu", "MatMul", "BiasAdd", "Softmax"],
    });
    session.close();
  });

  test("the parts of an input layer are joined on the host, long rows in ONNX Runtime", () => {
    const columns = (width: number): Built =>
      built(() => {
        const inputs = Array.from({ length: 8 }, () => placeholder([-1, width]));
        const scaled = inputs.map((input) => build("RealDiv", [build("Sub", [input, 17]), 73]));
        const joined = build("ConcatV2", [scaled, 1]);
        const weights = ramp([8 * width, 100]);
        return { inputs, outputs: [build("Relu", [build("MatMul", [joined, weights])])] };
      });
    const joins = (model: Built): readonly (readonly string[])[] => {
      const session = new Session(model.graph, { partitioner: ortPartitioner() });
      const { steps } = session.explain({ feeds: model.inputs, fetches: model.outputs });
      session.close();
      return steps.filter(({ where }) => where === "onnxruntime").map(({ ops }) => ops ?? []);
    };
    expect(joins(columns(4))).toEqual([["MatMul", "Relu"]]);
    expect(joins(columns(1000))[0]).toContain("ConcatV2");
    const model = columns(4);
    const ort = inOrt(model, {});
    const values = model.inputs.map((_, i) => ramp([32, 4], i + 1));
    expectClose(ort.run(...values)[0]!, onHost(model, ...values)[0]!);
    expect(ort.events.map(({ ran }) => ran)).toEqual(["onnxruntime"]);
    ort.close();
  });

  test("runs after the session is closed fail, and a closed session holds nothing", () => {
    const ort = inOrt(mlp());
    ort.run(ramp([2, 64]));
    ort.close();
    expect(errorOf(() => ort.run(ramp([2, 64]))).code).toBe("FAILED_PRECONDITION");
  });
});
