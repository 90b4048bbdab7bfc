import type { Log } from "../log.js";
import type { LoggedRequests, RequestWatch } from "./request-watch.js";

/** Where every copy of `@opentelemetry/api` 1.x finds what a program has registered with one of them. */
const apiGlobal = Symbol.for("opentelemetry.js.api.1");

/**
 * The watch of a server's requests: log lines as asked for, and spans where the program registered a tracer provider before the server
 * started. Undefined where there is neither; then nothing of it is even loaded.
 */
export async function openWatch(logged: LoggedRequests, log: Log): Promise<RequestWatch | undefined> {
  if (logged === "none" && !(apiGlobal in globalThis)) return undefined;
  const { trace, ProxyTracerProvider } = await import("@opentelemetry/api");
  const provider = trace.getTracerProvider();
  const tracer =
    provider instanceof ProxyTracerProvider ? provider.getDelegateTracer("tureen") : provider.getTracer("tureen");
  const { requestWatch } = await import("./request-watch.js");
  return requestWatch(logged, log, tracer);
}
