import { connect, constants } from "node:http2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "../model-server.js";
import { startTestServer, testModels } from "../testing/test-server.js";

/** Node 20 has no option for nghttp2's limit. */
const hasOption = Number(process.versions.node.split(".", 1)[0]) >= 22;

describe("cancelled calls", () => {
  const models = testModels();
  let server: ModelServer;

  beforeAll(async () => {
    server = await startTestServer(models);
  });
  afterAll(async () => {
    await server.close();
    models.remove();
  });

  it.skipIf(!hasOption)("do not cost the client its connection, however many they are", async () => {
    const session = connect(`http://127.0.0.1:${server.grpcPort}`);
    const path = "/tensorflow.serving.PredictionService/Predict";
    const headers = { ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" };
    const cancelled = async (): Promise<void> => {
      const stream = session.request(headers);
      stream.on("error", () => {});
      const closed = new Promise((resolve) => stream.once("close", resolve));
      stream.close(constants.NGHTTP2_CANCEL);
      await closed;
    };
    const goneAway: number[] = [];
    session.on("goaway", (code) => goneAway.push(code));
    // nghttp2 would bear 1,000.
    for (let i = 0; i < 20; i++) await Promise.all(Array.from({ length: 100 }, cancelled));
    await new Promise((resolve) => session.ping(resolve));
    expect([goneAway, session.destroyed]).toEqual([[], false]);
    session.destroy();
  });
});
