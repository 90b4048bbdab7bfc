/** What a request to the model API asks for. */
export interface RestRoute {
  readonly model: string;
  readonly version?: bigint;
  readonly label?: string;
  /** The verb of a POST, `metadata` or `status` of a GET, as far as the path says what is meant. */
  readonly action: "predict" | "classify" | "regress" | "metadata" | "status" | "malformed";
  /** The verb as the path spells it: "" for a GET. Metrics are labelled with it. */
  readonly method: string;
}

/** A version too large for 64 bits: answered 400 with nothing in the body. */
export interface BadVersion {
  readonly model: string;
  readonly badVersion: string;
}

const postPath =
  /^\/v1\/models\/([^/:]+)(?:(?:\/versions\/(\d+))|(?:\/labels\/([^/:]+)))?:(classify|regress|predict)$/i;
const getPath = /^\/v1\/models(?:\/([^/:]+))?(?:(?:\/versions\/(\d+))|(?:\/labels\/([^/:]+)))?(?:\/(metadata))?$/i;
const int64Max = 2n ** 63n - 1n;

/** Whether a path (with its query) belongs to the model API at all. */
export function isModelApiPath(path: string): boolean {
  return /^\/v1\/[^\n]*$/i.test(path);
}

/**
 * Takes a path apart as TensorFlow Serving does (model_servers/http_rest_api_util.cc).
 *
 * Matching ignores case, dispatching does not: `:PREDICT` is malformed and `/METADATA` the status. The query counts as part of the path.
 */
export function routeOf(method: string, path: string): RestRoute | BadVersion {
  const isPost = method === "POST";
  const match = isPost ? postPath.exec(path) : method === "GET" ? getPath.exec(path) : null;
  if (match === null) return { model: "", action: "malformed", method: "" };
  const [, name = "", versionText = "", labelText = "", last = ""] = match;
  const model = unescapePath(name);
  const spec: { version?: bigint; label?: string } = {};
  if (versionText !== "") {
    const version = BigInt(versionText);
    if (version > int64Max) return { model, badVersion: versionText };
    spec.version = version;
  }
  if (labelText !== "") spec.label = unescapePath(labelText);
  if (!isPost) return { model, ...spec, action: last === "metadata" ? "metadata" : "status", method: "" };
  const action = last === "classify" || last === "regress" || last === "predict" ? last : "malformed";
  return { model, ...spec, action, method: last };
}

/** Percent-decoding as curl does it: what is no valid escape stays as it is. */
function unescapePath(text: string): string {
  if (!text.includes("%")) return text;
  const bytes = text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
