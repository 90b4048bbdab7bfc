import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { MemoryBucket } from "./memory-bucket.js";

/** How a stand-in misbehaves; members may be changed while it runs. */
export interface Faults {
  /** About one request in so many fails, in one of four ways; 0 for none. */
  failOneIn: number;
  /** Milliseconds that each answer waits. */
  delayMs: number;
  /** Every connection breaks. */
  isDown: boolean;
}

/** A request as the stand-ins see it. */
export interface StandInRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
  /** The server's own URL. */
  readonly url: string;
}

/** An answer of a stand-in. */
export interface StandInAnswer {
  /** What the request was, for the counts. */
  readonly operation: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

/** A store on the loopback interface. */
export interface StandIn {
  readonly url: string;
  readonly faults: Faults;
  /** Requests that were answered, by operation; failed ones count under `fault`. */
  readonly calls: Map<string, number>;
  /** Requests that came without credentials. */
  readonly unsigned: number;
  /** A bucket, made where there is none. */
  bucket(name: string): MemoryBucket;
  close(): Promise<void>;
}

/** A key and its certificate, in PEM. */
export interface StandInTls {
  readonly key: string;
  readonly cert: string;
}

/** What a vendor's stand-in does with a request; a fault's body in the vendor's form. */
export interface Vendor {
  answer(request: StandInRequest, bucket: (name: string) => MemoryBucket): StandInAnswer;
  readonly unavailable: StandInAnswer;
}

/** Starts a stand-in on a free port of the loopback interface, with TLS where there is a certificate. */
export async function startStandIn(vendor: Vendor, tls?: StandInTls): Promise<StandIn> {
  const buckets = new Map<string, MemoryBucket>();
  const faults: Faults = { failOneIn: 0, delayMs: 0, isDown: false };
  const calls = new Map<string, number>();
  let draws = 1;
  /** A sequence that is the same in every run: faults must be able to be repeated. */
  const draw = (below: number): number => {
    draws = (Math.imul(draws, 1664525) + 1013904223) >>> 0;
    return Math.floor((draws / 2 ** 32) * below);
  };
  const bucket = (name: string): MemoryBucket => {
    let found = buckets.get(name);
    if (found === undefined) {
      found = new MemoryBucket();
      buckets.set(name, found);
    }
    return found;
  };
  let unsigned = 0;
  const count = (operation: string): void => {
    calls.set(operation, (calls.get(operation) ?? 0) + 1);
  };
  const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    if (faults.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, faults.delayMs));
    if (message.headers.authorization === undefined) unsigned += 1;
    const isFault = faults.failOneIn > 0 && draw(faults.failOneIn) === 0;
    const fault = isFault ? draw(4) : -1;
    // Before anything was done: an error's answer, or none.
    if (fault === 0 || fault === 1 || faults.isDown) {
      count("fault");
      if (fault === 0 && !faults.isDown) send(response, vendor.unavailable, message.method);
      else message.socket.destroy();
      return;
    }
    const { port } = server.address() as AddressInfo;
    const target = new URL(message.url!, `http://127.0.0.1:${port}`);
    const answer = vendor.answer(
      {
        method: message.method!,
        path: target.pathname,
        query: target.searchParams,
        headers: message.headers,
        body: Buffer.concat(chunks),
        url: `http://127.0.0.1:${port}`,
      },
      bucket,
    );
    count(isFault ? "fault" : answer.operation);
    if (fault === 2) {
      // It was done, and nobody hears of it.
      message.socket.destroy();
    } else if (fault === 3) {
      sendHalf(response, answer);
    } else {
      send(response, answer, message.method);
    }
  };
  const listener = (message: IncomingMessage, response: ServerResponse): void => {
    handle(message, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  server.keepAliveTimeout = 1000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    calls,
    get unsigned() {
      return unsigned;
    },
    bucket,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function send(response: ServerResponse, answer: StandInAnswer, method: string | undefined): void {
  const body = Buffer.from((answer.body ?? "") as Uint8Array);
  response.writeHead(answer.status, { "content-length": String(body.length), ...answer.headers });
  response.end(method === "HEAD" ? undefined : body);
}

/** An answer whose connection breaks in the middle of its body. */
function sendHalf(response: ServerResponse, { status, headers, body = "" }: StandInAnswer): void {
  const bytes = Buffer.from(body as Uint8Array);
  response.writeHead(status, { "content-length": String(bytes.length), ...headers });
  response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.destroy());
}

/** The bytes that a Range header asks for, as `[start, end)`; undefined without one, "none" where it begins behind the object. */
export function rangeOf(header: string | undefined, size: number): readonly [number, number] | "none" | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(header ?? "");
  if (match === null) return undefined;
  const start = Number(match[1]);
  const end = match[2] === "" ? size : Math.min(Number(match[2]) + 1, size);
  return start >= size ? "none" : [start, end];
}
