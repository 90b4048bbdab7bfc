import { describe, expect, it } from "vitest";
import { tensorValue, toNested } from "../core/tensor-value.js";
import { decodeSummary, type SummaryValue } from "../formats/summary.js";
import { constant } from "../graph/build-op.js";
import { Graph } from "../graph/graph.js";
import { withGraph } from "../graph/scope.js";
import { Session } from "../runtime/session.js";
import { decodePng } from "./image/index.js";
import * as summary from "./public-summary.js";
import { readFixture, restored, type StoredTensor } from "./recorded-fixture.js";

interface Case {
  readonly kind: "image" | "audio" | "text";
  readonly given: StoredTensor | string | readonly (readonly string[])[];
  readonly options: { readonly max_outputs?: number; readonly family?: string; readonly sample_rate?: number };
  readonly op?: string;
  readonly error?: string;
  readonly values?: readonly Recorded[];
}

interface Recorded {
  readonly tag: string;
  readonly image?: {
    readonly height: number;
    readonly width: number;
    readonly colorspace: number;
    readonly pixels: StoredTensor;
  };
  readonly audio?: {
    readonly sampleRate: number;
    readonly channels: number;
    readonly frames: number;
    readonly type: string;
    readonly bytes: string;
  };
  readonly texts?: readonly string[];
  readonly shape?: readonly number[];
  readonly plugin?: string;
}

const { cases } = readFixture<{ readonly cases: readonly Case[] }>("media-summaries");

function isStored(given: Case["given"]): given is StoredTensor {
  return typeof given === "object" && !Array.isArray(given);
}

/** A value in the fixture's form: pixels and samples in the place of files. */
function readable({ tag, image, audio, tensor, metadata }: SummaryValue): unknown {
  if (image !== undefined) {
    const { encoded, ...sizes } = image;
    const graph = new Graph();
    const pixels = withGraph(graph, () => decodePng(constant(tensorValue("string", [], [encoded]))));
    return { tag, image: { ...sizes, pixels: new Session(graph).run([pixels])[0] } };
  }
  if (audio !== undefined) {
    const { encoded, contentType, ...rest } = audio;
    return { tag, audio: { ...rest, type: contentType, bytes: Buffer.from(encoded).toString("hex") } };
  }
  return { tag, plugin: metadata?.pluginName, hasTensor: tensor !== undefined };
}

describe("summaries of images, sounds and texts are TensorFlow's", () => {
  it.each(cases.map((item, i) => [`${i}: ${item.kind} ${JSON.stringify(item.options)}`, item] as const))(
    "%s",
    (_, { kind, given, options, op, error, values }) => {
      const graph = new Graph();
      const run = (): Uint8Array => {
        const merged = withGraph(graph, () => {
          const tensor = isStored(given) ? constant(restored(given)) : constant(given as string, "string");
          const { family, max_outputs: maxOutputs, sample_rate: sampleRate = 0 } = options;
          const own = {
            ...(family === undefined ? {} : { family }),
            ...(maxOutputs === undefined ? {} : { maxOutputs }),
          };
          const made =
            kind === "image"
              ? summary.image("media", tensor, own)
              : kind === "audio"
                ? summary.audio("media", tensor, { ...own, sampleRate })
                : summary.text("media", tensor, own);
          expect(made.op.name).toBe(op);
          return summary.mergeAll()!;
        });
        return (new Session(graph).run([merged])[0]!.data as readonly Uint8Array[])[0]!;
      };
      if (error !== undefined) {
        expect(run).toThrow(error);
        return;
      }
      const expected = values!.map(({ tag, image, audio, plugin }) =>
        image !== undefined
          ? { tag, image: { ...image, pixels: restored(image.pixels) } }
          : audio !== undefined
            ? { tag, audio }
            : { tag, plugin, hasTensor: true },
      );
      const written = decodeSummary(run());
      expect(written.map(readable)).toEqual(expected);
    },
  );

  it("writes texts as the tensor that TensorBoard reads", () => {
    const graph = new Graph();
    const made = withGraph(graph, () => summary.text("t", constant([["a", "b"]], "string")));
    const [bytes] = new Session(graph).run([made]);
    const text = Buffer.from(toNested(bytes!) as Uint8Array).toString("latin1");
    // TensorProto: dtype string, shape [1, 2], string_val "a" and "b".
    expect(text).toContain("\x08\x07\x12\x08\x12\x02\x08\x01\x12\x02\x08\x02B\x01aB\x01b");
  });
});
