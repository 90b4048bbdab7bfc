import { createServer, type Http2Server, connect as http2Connect } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, it } from "vitest";
import { endSilentConnections } from "./silent-connections.js";

let server: Http2Server | undefined;
afterEach(() => server?.close());

async function start(): Promise<{ port: number; count: () => Promise<number> }> {
  const http2 = createServer();
  server = http2;
  endSilentConnections(http2, { askAfterMs: 50, answerWithinMs: 1000 });
  await new Promise<void>((resolve) => http2.listen(0, "127.0.0.1", resolve));
  const count = (): Promise<number> =>
    new Promise((resolve, reject) => {
      http2.getConnections((error, connections) => (error === null ? resolve(connections) : reject(error)));
    });
  return { port: (http2.address() as AddressInfo).port, count };
}

const preface = Buffer.from("505249202a20485454502f322e300d0a0d0a534d0d0a0d0a000000040000000000", "hex");
/** A HEADERS frame whose block is no HPACK: nghttp2 answers GOAWAY. */
const badHeaders = Buffer.from("000004010400000001ffffffff", "hex");

it("ends connections that do not answer, and those that node:http2 forgets, and leaves idle clients alone", async () => {
  const { port, count } = await start();
  const client = http2Connect(`http://127.0.0.1:${port}`);
  await new Promise((resolve) => client.on("connect", resolve));
  await expect.poll(count).toBe(1);
  const silent = connect(port, "127.0.0.1", () => silent.write(preface));
  silent.on("error", () => {});
  const broken = connect(port, "127.0.0.1", () => broken.end(Buffer.concat([preface, badHeaders])));
  broken.on("error", () => {});
  await expect.poll(count).toBe(3);
  broken.destroy();
  await expect.poll(count, { timeout: 30_000 }).toBe(1);
  // Idle for several times as long as it takes, and still there.
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(client.destroyed).toBe(false);
  expect(await count()).toBe(1);
  client.close();
  silent.destroy();
});
