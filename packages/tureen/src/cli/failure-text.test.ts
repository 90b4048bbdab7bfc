import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { notFound, StatusError } from "../core/status-error.js";
import { failureText, withSyntaxPlace } from "./failure-text.js";

function caught(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

it("tells of failures in one line, with their codes", () => {
  expect(failureText("run", notFound("no such key"))).toBe("tureen run: NOT_FOUND: no such key\n");
  expect(failureText("run", new StatusError("UNKNOWN", "odd"))).toBe("tureen run: odd\n");
  expect(failureText("run", "text")).toBe("tureen run: text\n");
  expect(
    failureText(
      "run",
      caught(() => readFileSync("/no/such/file")),
    ),
  ).toBe("tureen run: NOT_FOUND: /no/such/file; No such file or directory\n");
});

it("names the place in the user's own code, and no other", () => {
  const error = new TypeError("odd");
  const own = new URL("failure-text.ts", import.meta.url).href;
  error.stack = [
    "TypeError: odd",
    "    at helper (node:internal/modules/run:1:2)",
    `    at ours (${own}:3:4)`,
    "    at theirs (file:///home/a/node_modules/lib/index.js:5:6)",
    "    at async inputFn (file:///home/a/model.ts?tsx=1:7:8)",
    "    at file:///home/a/main.ts:9:9",
  ].join("\n");
  expect(failureText("train", error)).toBe("tureen train: TypeError: odd (/home/a/model.ts:7:8)\n");
  error.stack = `TypeError: odd\n    at ours (${own}:3:4)`;
  expect(failureText("train", error)).toBe("tureen train: TypeError: odd\n");
});

it("leaves errors that are no syntax errors as they are", () => {
  const error = new Error("odd");
  expect(withSyntaxPlace(error, "model.js")).toBe(error);
});
