import { loadSavedModel } from "../saved-model/index.js";

/** For each signature the steps of its plan in order: op, name, where it runs and why. The model is loaded, nothing is run. */
export async function showPlan(directory: string, tags?: readonly string[]): Promise<string> {
  const model = await loadSavedModel(directory, { engineWorkers: 0, ...(tags === undefined ? {} : { tags }) });
  try {
    const blocks = [...model.signatures.keys()].map((key) => {
      const { steps } = model.explain(key);
      const lines = steps.map(({ type, name, where, why, ops, minUnits }, i) => {
        const size = ops === undefined ? "" : ` ${ops.length} ops (${counted(ops)})`;
        const from = minUnits === undefined || minUnits <= 1 ? "" : `, from a batch of ${minUnits}`;
        return `  ${String(i + 1).padStart(3)}. ${where === "host" ? "host " : "ort  "}${type} ${name}${size}: ${why}${from}\n`;
      });
      const segments = steps.filter(({ where }) => where !== "host").length;
      return `\nplan['${key}']: ${steps.length} steps, ${segments} in ONNX Runtime\n${lines.join("")}`;
    });
    return `${blocks.join("")}\nstate: ${(model.memoryBytes / 2 ** 20).toFixed(2)} MiB\n`;
  } finally {
    model.close();
  }
}

/** `MatMul 3, Relu 2`. */
function counted(ops: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const op of ops) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([op, count]) => `${op} ${count}`)
    .join(", ");
}
