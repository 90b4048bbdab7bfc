import { invalidArgument } from "../../core/status-error.js";
import type { TensorValue } from "../../core/tensor-value.js";
import { type BundleReader, openBundle } from "../../formats/tensor-bundle-reader.js";
import { collectionKeys } from "../../graph/collections.js";
import type { Graph } from "../../graph/graph.js";
import type { Variable } from "../../graph/variable.js";
import type { Session } from "../../runtime/session.js";
import type { Logger } from "../log.js";
import { formatList, pythonType } from "../nn/python-format.js";
import { setVariable } from "../variable-state.js";
import { checkTensor, checkVariableShape } from "./checkpoint-tensor.js";
import { objectCheckpointNames } from "./object-checkpoint-names.js";
import { remapVocabulary } from "./remap-vocabulary.js";
import { checkpointPrefix, type WarmStartSettings, warmStartText } from "./warm-start-settings.js";

/**
 * Checks which variables of a complete graph start from a checkpoint, and gives what sets them in a session whose variables are initialised
 * (`tf.compat.v1.train.warm_start`).
 *
 * INVALID_ARGUMENT for variables that the checkpoint lacks or has in another shape, and for settings of variables that do not exist.
 */
export function planWarmStart(graph: Graph, settings: WarmStartSettings, logger: Logger): (session: Session) => void {
  logger.log("INFO", `Warm-starting with WarmStartSettings: ${warmStartText(settings)}`);
  logger.log("INFO", `Warm-starting from: ${settings.ckptToInitializeFrom}`);
  const variables = chosenVariables(graph, settings.varsToWarmStart, logger);
  const names = variables.map((variable) => variable.name);
  const reader = openBundle(checkpointPrefix(settings.ckptToInitializeFrom));
  try {
    const given = settings.varNameToPrevVarName;
    const previous = Object.keys(given).length > 0 ? given : (objectCheckpointNames(reader, names) ?? {});
    const values: [Variable, TensorValue][] = [];
    for (const variable of variables) {
      const key = previous[variable.name] ?? variable.name;
      const vocab = settings.varNameToVocabInfo[variable.name];
      if (vocab !== undefined) values.push([variable, remapVocabulary(variable, saved(reader, key, settings), vocab)]);
      else if (settings.varsToWarmStart !== null)
        values.push([variable, sameShape(variable, key, saved(reader, key, settings))]);
    }
    logger.log("INFO", `Warm-started ${values.length} variables.`);
    checkUsed("var_name_to_prev_var_name", given, names);
    checkUsed("var_name_to_vocab_info", settings.varNameToVocabInfo, names);
    return (session) => {
      for (const [variable, value] of values) setVariable(session, variable, value);
    };
  } finally {
    reader.close();
  }
}

function chosenVariables(graph: Graph, wanted: WarmStartSettings["varsToWarmStart"], logger: Logger): Variable[] {
  const matching = (key: string, pattern: string): Variable[] => {
    // As TensorFlow's collections do: a match from the beginning of the name with its `:0`.
    const expression = new RegExp(`^(?:${pattern})`);
    return graph.getCollection<Variable>(key).filter((variable) => expression.test(`${variable.name}:0`));
  };
  if (wanted === null || typeof wanted === "string") {
    logger.log("INFO", "Warm-starting variables only in TRAINABLE_VARIABLES.");
    return wanted === null
      ? [...graph.getCollection<Variable>(collectionKeys.trainableVariables)]
      : matching(collectionKeys.trainableVariables, wanted);
  }
  if (!Array.isArray(wanted))
    throw invalidArgument(`\`vars_to_warm_start must be a \`list\` or \`str\`.  Given type is ${pythonType(wanted)}`);
  if (!wanted.every((item) => typeof item === "string")) {
    throw invalidArgument(
      `If \`vars_to_warm_start\` is a list, it must be all \`Variable\` or all \`str\`.  Given types are [${wanted.map(pythonType).join(", ")}]`,
    );
  }
  return [...new Set(wanted.flatMap((pattern) => matching(collectionKeys.globalVariables, pattern)))];
}

function saved(reader: BundleReader, key: string, settings: WarmStartSettings): TensorValue {
  checkTensor(reader, key, settings.ckptToInitializeFrom);
  return reader.read(key);
}

function sameShape(variable: Variable, key: string, value: TensorValue): TensorValue {
  checkVariableShape(variable, key, value.shape);
  return value;
}

function checkUsed(argument: string, settings: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const unused = Object.keys(settings).filter((name) => !names.includes(name));
  if (unused.length === 0) return;
  throw invalidArgument(
    `You provided the following variables in ${argument} that were not used: {${unused.map((name) => `'${name}'`).join(", ")}}.  Perhaps you misspelled them?  Here is the list of viable variable names: dict_keys(${formatList(names)})`,
  );
}
