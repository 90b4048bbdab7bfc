import { scanSavedModel } from "../saved-model/index.js";

/** The text of a scan, and whether there is something in it to look at. */
export interface ScanText {
  readonly text: string;
  readonly clean: boolean;
}

/** Looks for what makes a SavedModel unfit or suspicious; `json` gives what was found as one JSON list. */
export async function scanModel(directory: string, json: boolean): Promise<ScanText> {
  const scans = await scanSavedModel(directory);
  const clean = scans.every(({ findings }) => findings.length === 0);
  if (json) {
    const plain = scans.map((scan) => ({ ...scan, ops: Object.fromEntries([...scan.ops].sort()) }));
    return { text: `${JSON.stringify(plain)}\n`, clean };
  }
  const text = scans
    .map(({ tags, nodes, functions, ops, findings }) => {
      const head = `MetaGraph with tag set '${tags.join(",")}': ${nodes} nodes of ${ops.size} ops, ${functions} functions\n`;
      if (findings.length === 0)
        return `${head}  nothing found: every op runs here, none touches files, no size is out of proportion\n`;
      const lines = findings.map(
        ({ kind, signature, text }) => `  ${kind}${signature === undefined ? "" : ` (${signature})`}: ${text}\n`,
      );
      return head + lines.join("");
    })
    .join("");
  return { text, clean };
}
