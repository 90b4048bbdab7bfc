import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zipSync } from "fflate";
import { expect, it } from "vitest";
import type { NumericArray } from "../core/dtype.js";
import { floatValue, stringValue, toTensor, zeros } from "../core/tensor-value.js";
import { arrayText } from "./array-text.js";
import { runModel } from "./run-model.js";

const tour = new URL("../saved-model/fixtures/tour", import.meta.url).pathname;
const halfPlusTwo = new URL("../serving/fixtures/half_plus_two/00000123", import.meta.url).pathname;

function npyFile(about: string, data: NumericArray): Buffer {
  const header = `{'descr': ${about}, }\n`;
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY\x01\x00"),
    Buffer.from([header.length, 0]),
    Buffer.from(header),
    Buffer.from(data.buffer),
  ]);
}

it("runs a signature on values as saved_model_cli does", async () => {
  const inputExprs = 'x=[[1,2],[3,4]];words=["soup","x"];times=2';
  // Printed by saved_model_cli of TensorFlow 2.15 for the same inputs.
  expect(await runModel(tour, { inputExprs })).toBe(
    "Result for output key ids:\n[ 0 -1]\nResult for output key y:\n[[11. 19.]\n [23. 27.]]\nResult for output key zeros:\n[0. 0.]\n",
  );
  expect(await runModel(tour, { inputExprs: 'x=[[1,2]];words=["a;b=c"];times=0', json: true })).toBe(
    '{"ids":[-1],"y":[[2,4]],"zeros":[]}\n',
  );
  expect(JSON.parse(await runModel(tour, { inputExprs, json: true }))).toEqual({
    ids: [0, -1],
    y: [
      [11, 19],
      [23, 27],
    ],
    zeros: [0, 0],
  });
});

it("runs a signature on examples and on files", async () => {
  const examples = { signature: "regress_x_to_y", inputExamples: 'inputs=[{"x":[2.0]}]' };
  expect(await runModel(halfPlusTwo, examples)).toBe("Result for output key outputs:\n[[3.]]\n");
  const folder = mkdtempSync(join(tmpdir(), "tureen-run-"));
  try {
    writeFileSync(join(folder, "all.json"), '{"x": [[1, 2]], "words": [{"b64": "c3Rldw=="}], "times": 0}');
    expect(await runModel(tour, { inputs: join(folder, "all.json"), json: true })).toBe(
      '{"ids":[1],"y":[[2,4]],"zeros":[]}\n',
    );
    writeFileSync(
      join(folder, "x.npy"),
      npyFile("'<f4', 'fortran_order': False, 'shape': (1, 2)", Float32Array.of(1, 2)),
    );
    expect(
      await runModel(tour, { inputs: `x=${folder}/x.npy`, inputExprs: 'words=["stew"];times=0', json: true }),
    ).toBe('{"ids":[1],"y":[[2,4]],"zeros":[]}\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("runs a signature on NumPy's archives", async () => {
  const folder = mkdtempSync(join(tmpdir(), "tureen-run-"));
  try {
    // Columns first, and 64-bit integers where the input takes 32.
    const x = npyFile("'<f8', 'fortran_order': True, 'shape': (2, 2)", Float64Array.of(1, 3, 2, 4));
    const times = npyFile("'<i8', 'fortran_order': False, 'shape': ()", BigInt64Array.of(2n));
    const words = npyFile(
      "'<U4', 'fortran_order': False, 'shape': (2,)",
      Uint32Array.from("soupx\0\0\0", (c) => c.charCodeAt(0)),
    );
    writeFileSync(join(folder, "all.npz"), zipSync({ "x.npy": x, "times.npy": times, "words.npy": words }));
    const expected = '{"ids":[0,-1],"y":[[11,19],[23,27]],"zeros":[0,0]}\n';
    expect(await runModel(tour, { inputs: join(folder, "all.npz"), json: true })).toBe(expected);
    const parts = ["x", "times", "words"].map((name) => `${name}=${folder}/all.npz[${name}]`).join(";");
    expect(await runModel(tour, { inputs: parts, json: true })).toBe(expected);
    await expect(runModel(tour, { inputs: `x=${folder}/all.npz` })).rejects.toThrow("all.npz holds: x, times, words.");
    writeFileSync(join(folder, "none.npz"), "x");
    await expect(runModel(tour, { inputs: join(folder, "none.npz") })).rejects.toThrow("Not a .npz file");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("says what is wrong with the inputs", async () => {
  await expect(runModel(tour, { inputExprs: "z=1" })).rejects.toThrow(
    "The signature has no input 'z'; it has: times, words, x",
  );
  await expect(runModel(tour, { inputExprs: "x=[1" })).rejects.toThrow(/^--input-exprs x is not JSON/);
  await expect(runModel(tour, { inputExprs: "times=1" })).rejects.toThrow(
    /^No value for input ('x', 'words'|'words', 'x'): give it by/,
  );
  await expect(runModel(tour, { inputExprs: 'x=["a"];words=["b"];times=0' })).rejects.toThrow(
    "Input 'x': A float32 tensor does not take a string",
  );
  await expect(runModel(tour, { inputExprs: 'x=[[1,2,3]];words=["b"];times=0' })).rejects.toThrow(
    /\ninput 'x' takes float32 \[\?,2\], not \[1,3\]$/,
  );
  await expect(runModel(tour, { signature: "other" })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

// Printed by NumPy 1.26.
it("prints arrays as NumPy does", () => {
  expect(arrayText(floatValue([1, 2.5, -3], [3]))).toBe("[ 1.   2.5 -3. ]");
  expect(arrayText(floatValue([0.1], []))).toBe("0.1");
  expect(arrayText(floatValue([1e-8, 1], [2]))).toBe("[1.e-08 1.e+00]");
  expect(arrayText(floatValue([Number.NaN, Number.POSITIVE_INFINITY, 1], [3]))).toBe("[nan inf  1.]");
  expect(
    arrayText(
      toTensor(
        [
          [1, 20],
          [300, 4],
        ],
        "int64",
      ),
    ),
  ).toBe("[[  1  20]\n [300   4]]");
  expect(arrayText(toTensor([true, false]))).toBe("[ True False]");
  expect(arrayText(stringValue(["a'b", "\u00e9"]))).toBe("[b'a\\'b' b'\\xc3\\xa9']");
  expect(arrayText(zeros("int32", [2, 2, 1]))).toBe("[[[0]\n  [0]]\n\n [[0]\n  [0]]]");
  expect(arrayText(zeros("int32", [2000]))).toBe("[0 0 0 ... 0 0 0]");
});
