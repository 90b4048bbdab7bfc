import type { IncomingMessage } from "node:http";

/** Which web pages may call the server: those of anywhere, as TensorFlow Serving's flag has it, or of these origins. */
export type CorsOrigins = "any" | readonly string[];

const common: Readonly<Record<string, string>> = Object.freeze({
  "Access-Control-Allow-Methods": "POST, GET",
  "Access-Control-Allow-Headers": "Content-Type",
});

const anyOrigin: Readonly<Record<string, string>> = Object.freeze({ "Access-Control-Allow-Origin": "*", ...common });

/** With a list of origins, answers differ by origin and requests may carry a token. */
const listed: Readonly<Record<string, string>> = Object.freeze({
  "Access-Control-Allow-Methods": "POST, GET",
  "Access-Control-Allow-Headers": "Content-Type, Authorization",
  Vary: "Origin",
});

const none: Readonly<Record<string, string>> = Object.freeze({});

/** The CORS headers of an answer. */
export function corsHeaders(
  origins: CorsOrigins | undefined,
  { headers: { origin } }: IncomingMessage,
): Readonly<Record<string, string>> {
  if (origins === undefined) return none;
  if (origins === "any") return anyOrigin;
  if (origin === undefined || !origins.includes(origin)) return { Vary: "Origin" };
  return { "Access-Control-Allow-Origin": origin, ...listed };
}

/** Whether a preflight request is answered well: of any web origin, as in TensorFlow Serving, unless there is a list of them. */
export function isAllowedOrigin(
  origins: CorsOrigins | undefined,
  { headers: { origin = "" } }: IncomingMessage,
): boolean {
  return Array.isArray(origins) ? origins.includes(origin) : /https?:\/\//.test(origin);
}
