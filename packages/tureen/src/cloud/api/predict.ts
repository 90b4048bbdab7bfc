import { failedPrecondition } from "../../core/status-error.js";
import type { CloudContext } from "../cloud-context.js";
import { parsePredictBody } from "../predict/parse-instances.js";
import { predictionErrorJson, predictionsJson, predictOnline } from "../predict/predict-online.js";
import { FieldError } from "./google-error.js";
import { requireModel } from "./models.js";
import { requireVersion } from "./versions.js";

/** The folder of a version, or of the model's default version. NOT_FOUND and FAILED_PRECONDITION where nothing is deployed. */
export async function deployedPath(
  { database }: CloudContext,
  project: string,
  model: string,
  version: string | undefined,
): Promise<string> {
  const { default_version } = await requireModel(database, project, model);
  const name = version ?? default_version;
  if (name === null) {
    throw new FieldError("FAILED_PRECONDITION", "name", `The model "${model}" has no default version.`);
  }
  const { path, state } = await requireVersion(database, project, model, name);
  if (path === null) throw failedPrecondition(`Version ${name} of model ${model} is ${state}, not READY.`);
  return path;
}

/** projects.predict: the answer's text. A prediction that fails is an answer too, `{"error": …}`. */
export async function predict(
  context: CloudContext,
  project: string,
  model: string,
  version: string | undefined,
  body: Uint8Array,
): Promise<string> {
  const path = await deployedPath(context, project, model, version);
  try {
    const loaded = await context.models.get(path);
    const { instances, signatureName } = parsePredictBody(body);
    return predictionsJson(await predictOnline(loaded, instances, { signatureName }));
  } catch (error) {
    return predictionErrorJson(error);
  }
}
