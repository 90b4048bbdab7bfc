import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type DType, dtypeFromName } from "../../core/dtype.js";
import { toFlatArray } from "../../core/tensor-value.js";
import { encodeText } from "../../core/text.js";
import { arrayItems, isArray } from "../../serving/rest/json-value.js";
import { feedColumn } from "./feed-column.js";
import { parseJsonLine } from "./parse-instances.js";

interface Case {
  readonly dtype: string;
  readonly shape: readonly (number | null)[] | null;
  readonly json: string;
  readonly error?: string;
  readonly values?: readonly unknown[];
}

// Made by TensorFlow 2.15.1: interop/cloud/make_feed_fixtures.py.
const { cases } = JSON.parse(readFileSync(new URL("fixtures/session-feeds.json", import.meta.url), "utf8")) as {
  readonly cases: readonly (Case & { readonly json: string })[];
};

/** Python reads it as infinity; the parser refuses it, as TensorFlow Serving's does. */
const tooBig = "1e400";

function outcome({ dtype, shape, json }: Case): { shape?: readonly number[]; values?: unknown[]; error?: string } {
  const values = parseJsonLine(encodeText(json));
  if (!isArray(values)) throw new Error("not a list");
  const declared = json.startsWith("[") && shape !== null ? shape.map((size) => size ?? -1) : undefined;
  try {
    const value = feedColumn(arrayItems(values), {
      name: "x:0",
      dtype: dtypeFromName(dtype) as DType,
      shape: declared,
    });
    return { shape: value.shape, values: toFlatArray(value).map(plain) };
  } catch (error) {
    return { error: (error as { detail: string }).detail.replace("Exception during running the graph: ", "") };
  }
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { b64: Buffer.from(value).toString("base64") };
  if (typeof value === "bigint") return Number(value);
  if (Number.isNaN(value)) return { special: "nan" };
  if (value === Number.POSITIVE_INFINITY) return { special: "inf" };
  return value;
}

describe("feedColumn", () => {
  const usable = cases.filter(({ json }) => !json.includes(tooBig));

  it.each(usable.map((entry) => [`${entry.dtype} ${JSON.stringify(entry.shape)} ${entry.json}`, entry] as const))(
    "feeds %s as TensorFlow's session does",
    (_, entry) => {
      const { dtype, shape, json, ...expected } = entry;
      // A recorded result's shape stands where the declared one was: both come from the same key.
      const declared = expected.error?.startsWith("Cannot feed") ? shape : null;
      const actual = outcome({ dtype, shape: declared, json });
      if (expected.error !== undefined) expect(actual).toEqual({ error: expected.error });
      else expect(actual).toEqual({ shape, values: expected.values });
    },
  );
});
