import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

it("keeps onnxruntime from gathering usage data: no log of its telemetry is there", () => {
  const folder = mkdtempSync(join(tmpdir(), "telemetry-"));
  const module = new URL("./native-binding.ts", import.meta.url).href;
  const script = `const { nativeBinding } = await import(${JSON.stringify(module)});
    new (nativeBinding().InferenceSession)();
    console.log("made");`;
  const { ORT_DISABLE_TELEMETRY: _, ...env } = process.env;
  const args = ["--conditions=@tureen/source", "--import", "tsx", "--input-type=module", "--eval", script];
  const output = execFileSync(process.execPath, args, { encoding: "utf8", env: { ...env, TMPDIR: folder } });
  expect(output).toBe("made\n");
  expect(readdirSync(folder).filter((name) => name.startsWith("mat-"))).toEqual([]);
  rmSync(folder, { recursive: true });
});
