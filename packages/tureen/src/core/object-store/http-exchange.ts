import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";

/** Milliseconds without a byte after which a connection counts as broken. */
const idleMs = 30_000;

const httpAgent = new HttpAgent({ keepAlive: true });
const httpsAgent = new HttpsAgent({ keepAlive: true });

/** A request to a store. */
export interface HttpExchange {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly content?: Uint8Array;
}

/** An answer whose body has not been read. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: IncomingMessage;
}

/** Sends a request. A connection that breaks, before or within the answer, or on which nothing comes any more, rejects or ends the body with an error. */
export function exchange({ method, url, headers, content }: HttpExchange): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const isSecure = url.startsWith("https:");
    const options = {
      method,
      headers: { ...headers, ...(content === undefined ? {} : { "content-length": String(content.length) }) },
      agent: isSecure ? httpsAgent : httpAgent,
      timeout: idleMs,
    };
    const request = isSecure ? httpsRequest(url, options) : httpRequest(url, options);
    request.on("timeout", () => {
      request.destroy(Object.assign(new Error(`no byte in ${idleMs / 1000} seconds`), { code: "ETIMEDOUT" }));
    });
    request.on("error", reject);
    request.on("response", (body) => resolve({ status: body.statusCode!, headers: body.headers, body }));
    request.end(content);
  });
}

/** A body as text. */
export async function bodyText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
