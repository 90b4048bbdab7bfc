import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
/** A fenced block whose code is a file of the examples, which the type check and the style check read. */
const checkedBlock = /<!-- checked: (\S+) -->\n```ts\n([\s\S]*?)```/g;

function pages(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return pages(path);
    return name.endsWith(".md") ? [path] : [];
  });
}

describe("code in the documentation", () => {
  const blocks = [join(root, "README.md"), ...pages(join(root, "docs"))].flatMap((page) =>
    [...readFileSync(page, "utf8").matchAll(checkedBlock)].map((match) => ({ page, file: match[1]!, code: match[2]! })),
  );

  it("has the README's two programs", () => {
    expect(blocks.map((block) => block.file)).toEqual(
      expect.arrayContaining(["examples/readme/train.ts", "examples/readme/ask.ts"]),
    );
  });

  it.each(blocks)("is the code of $file", ({ file, code }) => {
    expect(code).toBe(readFileSync(join(root, file), "utf8"));
  });
});
