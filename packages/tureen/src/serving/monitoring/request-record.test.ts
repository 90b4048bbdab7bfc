import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  HealthCheckRequestSchema,
  HealthCheckResponse_ServingStatus,
  HealthCheckResponseSchema,
} from "@tureen/protos/gen/grpc/health/v1/health_pb";
import { BatchingParametersSchema } from "@tureen/protos/gen/tensorflow_serving/servables/tensorflow/session_bundle_config_pb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "../model-server.js";
import { type ByteClient, byteClient, floats, predictRequest, rpc } from "../testing/test-client.js";
import { post, rest, startTestServer, testModels } from "../testing/test-server.js";

const models = testModels();
let server: ModelServer;
let client: ByteClient;

beforeAll(async () => {
  server = await startTestServer(models, {
    enableModelManagement: true,
    batching: create(BatchingParametersSchema, { maxBatchSize: 4n, allowedBatchSizes: [4n] }),
  });
  client = byteClient(server.grpcPort!);
});

afterAll(async () => {
  client.close();
  await server.close();
  models.remove();
});

describe("metrics of a signature", () => {
  it("has the stages, batches and outcomes of both transports, and forgets them with the version", async () => {
    await client.call(rpc.predict, predictRequest({}, { x: floats([1, 2]) }));
    await post(server, "/v1/models/half_plus_two:predict", { instances: [1] });
    await client.call(rpc.predict, predictRequest({ signatureName: "half" }, {})).catch(() => {});
    const labels = 'model_name="half_plus_two",version="123",signature="serving_default"';
    const page = (await rest(server, "/metrics")).body;
    expect(page).toContain(`:tureen:serving:request_count{${labels},status="OK"} 2`);
    expect(page).toContain(
      ':tureen:serving:request_count{model_name="half_plus_two",version="123",signature="half",status="INVALID_ARGUMENT"} 1',
    );
    for (const stage of ["decode", "queue", "compute", "encode"]) {
      expect(page).toContain(`:tureen:serving:stage_latency_count{${labels},stage="${stage}"} 2`);
    }
    expect(page).toContain(`:tureen:serving:batch_rows_sum{${labels}} 8`);
    expect(page).toMatch(/:tureen:process:event_loop_delay\{quantile="0.99"\} \d+/);
    expect(page).toContain(':tureen:serving:load_count{model_name="half_plus_two",version="123",status="OK"} 1');

    await post(server, "/manage/v1/models/half_plus_two:reload", "");
    await post(server, "/v1/models/half_plus_two:predict", { instances: [1] });
    expect((await rest(server, "/metrics")).body).toContain(`:tureen:serving:request_count{${labels},status="OK"} 3`);
    expect(await health("model/half_plus_two")).toBe("SERVING");
    await post(server, "/manage/v1/models/half_plus_two:unload", "");
    expect((await rest(server, "/metrics")).body).not.toContain(`:tureen:serving:request_count{${labels}`);
    expect(await health("model/half_plus_two")).toBe("NOT_SERVING");
    await post(server, "/manage/v1/models/half_plus_two:load", "");
    expect(await health("model/half_plus_two")).toBe("SERVING");
  });
});

async function health(service: string): Promise<string> {
  const request = toBinary(HealthCheckRequestSchema, create(HealthCheckRequestSchema, { service }));
  const reply = fromBinary(HealthCheckResponseSchema, await client.call("/grpc.health.v1.Health/Check", request));
  return HealthCheckResponse_ServingStatus[reply.status];
}
