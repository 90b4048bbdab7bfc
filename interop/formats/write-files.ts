/** Writes one of each file format into the folder that is its argument, for check_written.py to read with TensorFlow. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compress } from "snappyjs";
import { allDTypes, type DType, dtypeSize, isNumericDType, viewBytes } from "../../packages/tureen/src/core/dtype.js";
import { stringValue, type TensorValue, tensorValue, toTensor } from "../../packages/tureen/src/core/tensor-value.js";
import { encodeText } from "../../packages/tureen/src/core/text.js";
import {
  BundleWriter,
  crc32c,
  EventWriter,
  encodeSummaryTensor,
  histogramOf,
  maskCrc32c,
  mergeBundles,
  TableReader,
  TfRecordWriter,
  WireWriter,
  writeBundle,
  writeCheckpointState,
  writeTfRecordFile,
} from "../../packages/tureen/src/formats/index.js";

const folder = process.argv[2]!;
const at = (name: string): string => join(folder, name);
const expected: Record<string, unknown> = {};

/** Bytes 0, 1, 2 … with every dtype's elements small enough to be finite. */
function numbers(dtype: DType): TensorValue {
  const bytes = new Uint8Array(6 * dtypeSize(dtype)).map((_, i) => (dtype === "bool" ? i % 2 : i % 7));
  return tensorValue(dtype, [2, 3], viewBytes(dtype, bytes.buffer, 0, 6) as never);
}

const tensors: [string, TensorValue][] = allDTypes
  .filter(isNumericDType)
  .map((dtype) => [`dtypes/${dtype}`, numbers(dtype)]);
tensors.push(["strings", stringValue(["hi", "", "wörld", new Uint8Array(300).fill(255)], [2, 2])]);
tensors.push(["empty", tensorValue("int64", [0, 3], new BigInt64Array(0))]);
tensors.push(["scalar", toTensor(2.5, "float64", [])]);
tensors.push(["name é", toTensor(7, "int32", [])]);
writeBundle(at("bundle"), tensors);
expected["bundle"] = tensors
  .filter(([, { dtype }]) => isNumericDType(dtype))
  .map(([name, value]) => {
    const data = value.data as Uint8Array;
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    return { name, dtype: value.dtype, shape: value.shape, bytes: bytes.toString("hex") };
  });

// More index than a block holds: 256 KiB.
const many = Array.from(
  { length: 9000 },
  (_, i) => [`layer_${i % 97}/a/rather/long/name/of/a/variable_${i}`, toTensor(i, "int32", [])] as const,
);
writeBundle(at("many"), many);
expected["many"] = many.length;

const full = Float32Array.from({ length: 24 }, (_, i) => i);
const parts = [0, 1].map((part) => {
  const writer = new BundleWriter(at(`part-${part}`));
  const rows = part === 0 ? 1 : 3;
  const slice = full.slice(part * 6, (part + rows) * 6);
  writer.add("w", tensorValue("float32", [rows, 3, 2], slice), `4 3 2 ${part},${rows}:-:-`);
  writer.add(`own/${part}`, toTensor(part, "int64", []));
  writer.finish();
  return writer.prefix;
});
mergeBundles(parts, at("merged"));

// An index with a Snappy block: what TensorFlow reads of it shows that our reader's idea of such blocks is right.
writeBundle(at("snappy"), many.slice(0, 300));
{
  const block = new WireWriter();
  const restarts: number[] = [];
  for (const [key, value] of new TableReader(new Uint8Array(readFileSync(at("snappy.index")))).entries()) {
    restarts.push(block.length);
    block.varint(0).varint(key.length).varint(value.length).raw(key).raw(value);
  }
  for (const restart of restarts) block.fixed32(restart);
  const file = new WireWriter();
  const write = (contents: Uint8Array, type: number): number[] => {
    const start = file.length;
    file.raw(contents).raw(Uint8Array.of(type));
    file.fixed32(maskCrc32c(crc32c(file.finish().subarray(start))));
    return [start, contents.length];
  };
  const [offset, size] = write(compress(block.fixed32(restarts.length).finish()), 1) as [number, number];
  const meta = write(Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0), 0);
  const handle = new WireWriter().varint(offset).varint(size).finish();
  const index = new WireWriter().varint(0).varint(1).varint(handle.length).raw(encodeText("z")).raw(handle);
  const handles = [...meta, ...write(index.fixed32(0).fixed32(1).finish(), 0)];
  const start = file.length;
  for (const number of handles) file.varint(number);
  file.raw(new Uint8Array(40 - (file.length - start)));
  file.raw(Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb));
  writeFileSync(at("snappy.index"), file.finish());
}

const records = ["hello", "", "x".repeat(400_000), "wörld"].map(encodeText);
const writer = new TfRecordWriter(at("plain.tfrecord"));
for (const record of records) writer.write(record);
writer.close();
await writeTfRecordFile(at("gzip.tfrecord"), records, { compression: "GZIP" });
await writeTfRecordFile(at("gzip.tfrecord"), records, { compression: "GZIP", append: true });
await writeTfRecordFile(at("zlib.tfrecord"), records, { compression: "ZLIB" });
expected["records"] = records.map((record) => Buffer.from(record).toString("hex"));

const events = new EventWriter(at("events"));
events.addScalars({ loss: 0.5, accuracy: 0.75 }, 3);
const values = Array.from({ length: 50 }, (_, i) => 0.1 * i - 3);
events.addSummary([{ tag: "weights", histogram: histogramOf(values) }], 4);
events.addSummary(
  [
    { tag: "loss2", tensor: encodeSummaryTensor(toTensor(0.25)), metadata: { pluginName: "scalars" } },
    { tag: "note", tensor: encodeSummaryTensor(stringValue(["hello"], [])), metadata: { pluginName: "text" } },
  ],
  5,
);
events.close();
expected["histogram"] = values;

writeBundle(at("model.ckpt-5"), [["v", toTensor(1.5)]]);
writeCheckpointState(folder, {
  modelCheckpointPath: at("model.ckpt-5"),
  allModelCheckpointPaths: [at("mod\"el's\té.ckpt-0"), at("model.ckpt-5")],
  allModelCheckpointTimestamps: [1e16, 1700000000.25],
  lastPreservedTimestamp: 1e-7,
});

writeFileSync(at("expected.json"), JSON.stringify(expected));
