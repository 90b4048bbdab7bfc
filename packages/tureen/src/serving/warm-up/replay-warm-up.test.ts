import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create, toBinary } from "@bufbuild/protobuf";
import { PredictionLogSchema } from "@tureen/protos/gen/tensorflow_serving/apis/prediction_log_pb";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeTfRecords } from "../../formats/tf-record.js";
import type { ApiContext } from "../api/request-context.js";
import { silentLog } from "../log.js";
import type { ServerCore } from "../manager/server-core.js";
import { servingMetrics } from "../monitoring/serving-metrics.js";
import { directServable } from "../servable/servable.js";
import { examplesRequest, floats, predictRequest, strings } from "../testing/test-client.js";
import { testModel } from "../testing/test-model.js";
import { warmUpReplay } from "./replay-warm-up.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tureen-warm-up-"));
  mkdirSync(join(folder, "assets.extra"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A PredictionLog whose field `type` holds a request. */
function logged(type: number, request: Uint8Array): Uint8Array {
  const field = (number: number, bytes: Uint8Array): Uint8Array => {
    const length: number[] = [];
    let rest = bytes.length;
    for (; rest > 127; rest >>>= 7) length.push((rest & 127) | 128);
    return Uint8Array.of(number * 8 + 2, ...length, rest, ...bytes);
  };
  return field(type, field(1, request));
}

async function replay(file: Uint8Array, iterations = 0): Promise<{ runs: number; records: string[] }> {
  writeFileSync(join(folder, "assets.extra", "tf_serving_warmup_requests"), file);
  let runs = 0;
  const plain = directServable("m", 1n, testModel());
  const servable: typeof plain = {
    ...plain,
    run: (...args) => {
      runs += 1;
      return plain.run(...args);
    },
  };
  const metrics = servingMetrics();
  const context: ApiContext = { metrics, checkMethodName: false, core: undefined as unknown as ServerCore };
  await warmUpReplay(context, iterations, silentLog)(servable, folder);
  const records = [...metrics.warmupRecordsRead.points.values()].map(({ labels, value }) => `${labels[1]} ${value}`);
  return { runs, records };
}

const predict = logged(6, predictRequest({ name: "another name" }, { x: floats([1]) }));
const classify = logged(2, examplesRequest({ signatureName: "classify_x_to_y" }, [1]));
const regress = logged(3, examplesRequest({ signatureName: "regress_x_to_y" }, [1]));

describe("warmUpReplay", () => {
  it("replays what the version's folder holds", async () => {
    expect(await replay(encodeTfRecords([predict, classify, regress]))).toEqual({ runs: 3, records: ["OK 3"] });
    expect(await replay(encodeTfRecords([predict, predict]), 4)).toEqual({ runs: 8, records: ["OK 2"] });
  });

  it("does without a file", async () => {
    const context = { metrics: servingMetrics() } as unknown as ApiContext;
    rmSync(join(folder, "assets.extra"), { recursive: true });
    await expect(
      warmUpReplay(context, 0, silentLog)(directServable("m", 1n, testModel()), folder),
    ).resolves.toBeUndefined();
  });

  it("takes a file that ends inside a record's header for ended, inside the record for damaged", async () => {
    const file = encodeTfRecords([predict, predict]);
    const one = encodeTfRecords([predict]).length;
    expect((await replay(file.subarray(0, one + 7))).runs).toBe(1);
    await expect(replay(file.subarray(0, one + 20))).rejects.toMatchObject({
      code: "DATA_LOSS",
      message: expect.stringMatching(/\. Please verify your warmup data is in TFRecord format\.$/),
    });
    await expect(replay(Buffer.from("this is no record file at all"))).rejects.toMatchObject({ code: "DATA_LOSS" });
  });

  it("fails the load where a request fails, is of another kind, or there are too many", async () => {
    const bad = logged(6, predictRequest({}, { x: strings(["a"]) }));
    await expect(replay(encodeTfRecords([bad]))).rejects.toThrow("Expects arg[0] to be float but string is provided");
    const sessionRun = toBinary(
      PredictionLogSchema,
      create(PredictionLogSchema, { logType: { case: "sessionRunLog", value: { request: {} } } }),
    );
    await expect(replay(encodeTfRecords([sessionRun]))).rejects.toMatchObject({
      code: "UNIMPLEMENTED",
      message: "Unsupported log_type for warmup: 5",
    });
    await expect(replay(encodeTfRecords([Uint8Array.of(0x32, 200)]))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(/^Failed to parse warmup record: /),
    });
    await expect(replay(encodeTfRecords(new Array<Uint8Array>(1001).fill(predict)))).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: `Number of warmup records exceeds the maximum (1000) at ${join(folder, "assets.extra", "tf_serving_warmup_requests")}`,
    });
  });
});
