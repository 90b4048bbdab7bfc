import { describe, expect, it } from "vitest";
import { nearestFlag, parseFlags, usageText } from "./flags.js";
import { ineffectiveFlags, modelServerFlags, ownFlags } from "./model-server-flags.js";

const parse = (...args: string[]) => parseFlags(args, modelServerFlags);

describe("parseFlags", () => {
  it("knows TensorFlow Serving's 48 flags, each once", () => {
    expect(modelServerFlags).toHaveLength(48);
    expect(new Set([...modelServerFlags, ...ownFlags].map(({ name }) => name)).size).toBe(48 + ownFlags.length);
    const names = new Set(modelServerFlags.map(({ name }) => name));
    expect([...ineffectiveFlags].filter((name) => !names.has(name))).toEqual([]);
  });

  it("takes --name=value, and booleans alone or as true and false", () => {
    const { values, given, ok } = parse(
      "--port=9000",
      "--model_base_path=/a=b",
      "--enable_batching",
      "--enable_model_warmup=false",
      "--load_retry_interval_micros= -5",
      "--per_process_gpu_memory_fraction=0.5",
    );
    expect(ok).toBe(true);
    expect(Object.fromEntries([...given].map((name) => [name, values.get(name)]))).toEqual({
      port: 9000,
      model_base_path: "/a=b",
      enable_batching: true,
      enable_model_warmup: false,
      load_retry_interval_micros: -5,
      per_process_gpu_memory_fraction: 0.5,
    });
    expect(values.get("model_name")).toBe("default");
  });

  // Texts: TensorFlow's core/util/command_line_flags.cc, which quotes a boolean's value with its equals sign.
  it.each([
    ["--port=abc", "Couldn't interpret value abc for flag port."],
    ["--port=", "Couldn't interpret value  for flag port."],
    ["--port=1x", "Couldn't interpret value 1x for flag port."],
    ["--enable_batching=1", "Couldn't interpret value =1 for flag enable_batching."],
    ["--enable_batchingx", "Couldn't interpret value x for flag enable_batching."],
    [
      "--per_process_gpu_memory_fraction=half",
      "Couldn't interpret value half for flag per_process_gpu_memory_fraction.",
    ],
  ])("refuses %s", (arg, message) => {
    expect(parse(arg)).toMatchObject({ ok: false, errors: [message], unknown: [] });
  });

  it("passes over what no flag takes: the space form, one dash, other words", () => {
    const { unknown, ok, values } = parse("--port", "9000", "-port=9000", "--prt=9000", "--", "--port=1");
    expect(ok).toBe(true);
    expect(unknown).toEqual(["--port", "9000", "-port=9000", "--prt=9000", "--", "--port=1"]);
    expect(values.get("port")).toBe(8500);
  });

  it("stops at --help where it is the first unknown argument", () => {
    expect(parse("--help").ok).toBe(false);
    expect(parse("--port=1", "--help").ok).toBe(false);
    expect(parse("x", "--help").ok).toBe(true);
  });

  it("finds the flag that was meant", () => {
    const near = (arg: string): string | undefined => nearestFlag(arg, modelServerFlags)?.name;
    expect(near("--model-base-path=/m")).toBe("model_base_path");
    expect(near("--modelname=x")).toBe("model_name");
    expect(near("-port=1")).toBe("port");
    expect(near("--rest_port=1")).toBe("rest_api_port");
    expect(near("--colour")).toBeUndefined();
    expect(near("--")).toBeUndefined();
  });
});

describe("usageText", () => {
  it("is laid out as TensorFlow's", () => {
    const text = usageText("server", [
      { name: "port", type: "int32", default: 8500, usage: "The port." },
      { name: "model_name", type: "string", default: "default", usage: "The name." },
      { name: "fraction", type: "float", default: 0, usage: "A part." },
      { name: "fast", type: "bool", default: false, usage: "Fast." },
    ]);
    expect(text).toBe(
      'usage: server\nFlags:\n\t--port=8500                      \tint32\tThe port.\n\t--model_name="default"           \tstring\tThe name.\n\t--fraction=0.000000              \tfloat\tA part.\n\t--fast=false                     \tbool\tFast.\n',
    );
  });
});
