import { failedPrecondition, StatusError } from "../../core/status-error.js";
import { type CloudContext, inBackground } from "../cloud-context.js";
import { parsePredictBody } from "../predict/parse-instances.js";
import { predictionErrorJson, predictionsJson, predictOnline } from "../predict/predict-online.js";
import { FieldError } from "./google-error.js";
import { requireModel } from "./models.js";
import { versionName } from "./resource-name.js";
import { requireVersion } from "./versions.js";

/** What is asked to predict. */
export interface Deployed {
  readonly path: string;
  readonly version: string;
  /** Whether its model has `onlinePredictionLogging`. */
  readonly isLogged: boolean;
}

/** A version, or the model's default version. NOT_FOUND and FAILED_PRECONDITION where nothing is deployed. */
export async function findDeployed(
  context: CloudContext,
  project: string,
  model: string,
  version: string | undefined,
): Promise<Deployed> {
  const { database } = context;
  const { default_version, body } = await requireModel(database, project, model);
  const name = version ?? default_version;
  if (name === null) {
    throw new FieldError("FAILED_PRECONDITION", "name", `The model "${model}" has no default version.`);
  }
  const { path, state } = await requireVersion(database, project, model, name);
  if (path === null) throw failedPrecondition(`Version ${name} of model ${model} is ${state}, not READY.`);
  noteUse(context, project, model, name, path);
  return { path, version: name, isLogged: body["onlinePredictionLogging"] === true };
}

/** A version's `lastUseTime` is as exact as this: a note for each request would cost more than the request. */
const useNoteMs = 60_000;

function noteUse(context: CloudContext, project: string, model: string, version: string, path: string): void {
  const now = Date.now();
  if (now - (context.uses.get(path) ?? 0) < useNoteMs) return;
  context.uses.set(path, now);
  inBackground(context, async () => {
    await context.database.query(
      `UPDATE tureen_versions SET body = body || jsonb_build_object('lastUseTime', $4::text)
       WHERE project = $1 AND model = $2 AND name = $3`,
      [project, model, version, new Date(now).toISOString()],
    );
  });
}

/** projects.predict: the answer's text. A prediction that fails is an answer too, `{"error": …}`. */
export async function predict(
  context: CloudContext,
  project: string,
  model: string,
  version: string | undefined,
  body: Uint8Array,
): Promise<string> {
  const deployed = await findDeployed(context, project, model, version);
  const began = performance.now();
  let isRight = false;
  try {
    const loaded = await context.models.get(deployed.path);
    const { instances, signatureName } = parsePredictBody(body);
    const rows = await predictOnline(loaded, instances, { signatureName });
    isRight = true;
    return predictionsJson(rows);
  } catch (error) {
    // The store of the models is away: the very same request can succeed a little later.
    if (error instanceof StatusError && error.code === "UNAVAILABLE") throw error;
    return predictionErrorJson(error);
  } finally {
    if (deployed.isLogged) {
      const took = (performance.now() - began).toFixed(1);
      const name = versionName(project, model, deployed.version);
      context.log.info(
        "cloud",
        `Prediction by ${name}: ${isRight ? "ok" : "failed"}, ${body.length} bytes, ${took} ms`,
      );
    }
  }
}
