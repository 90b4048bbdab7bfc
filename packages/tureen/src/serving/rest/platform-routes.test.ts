import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelServer } from "../model-server.js";
import { type RestReply, rest, startTestServer, testModels } from "../testing/test-server.js";

const models = testModels();
let server: ModelServer;

beforeAll(async () => {
  server = await startTestServer(models, {
    platformRoutes: { predict: "/invocations", health: "/ping", model: "half_plus_two" },
  });
});

afterAll(async () => {
  await server.close();
  models.remove();
});

function invoke(body: string, headers: Readonly<Record<string, string>> = {}): Promise<RestReply> {
  return rest(server, "/invocations", {
    method: "POST",
    body,
    headers: { "Content-Type": "application/json", ...headers },
  });
}

const predictions = (reply: RestReply): unknown =>
  (JSON.parse(reply.body) as { readonly predictions: unknown }).predictions;

describe("routes of a platform", () => {
  it("answers health", async () => {
    expect((await rest(server, "/ping")).status).toBe(200);
    expect((await rest(server, "/ping", { method: "POST" })).status).toBe(404);
  });

  it.each([
    ["application/json", '{"instances": [1, 2, 5]}', [2.5, 3, 4.5]],
    ["application/json; charset=utf-8", " [1, 2, 5]", [2.5, 3, 4.5]],
    ["application/json", '{"instances": [1], "parameters": {"ignored": true}}', [2.5]],
    ["application/jsonlines", "1\n2\n\n5\n", [2.5, 3, 4.5]],
    [
      "text/csv",
      "1,.5\r\n-2,1e1\r\n",
      [
        [2.5, 2.25],
        [1, 7],
      ],
    ],
    ["text/csv", "007\n", [[5.5]]],
  ])("predicts from %s %j", async (type, body, expected) => {
    const reply = await invoke(body, { "Content-Type": type });
    expect([reply.status, predictions(reply)]).toEqual([200, expected]);
  });

  it("takes a text field for a text", async () => {
    const reply = await invoke('"say ""a"", b",plain\n', {
      "Content-Type": "text/csv",
      "X-Amzn-SageMaker-Custom-Attributes": "tfs-method=predict",
    });
    // The model wants numbers, and says which field is none.
    expect(reply.status).toBe(400);
    expect(reply.body).toContain('\\"say \\\\\\"a\\\\\\", b\\"');
  });

  it("goes to the model, version and method of SageMaker's attributes", async () => {
    const attributes = (text: string) => ({ "X-Amzn-SageMaker-Custom-Attributes": text });
    const body = '{"signature_name": "regress_x_to_y", "examples": [{"x": 1.0}]}';
    const answer = await invoke(
      body,
      attributes("tfs-model-name=half_plus_two,tfs-model-version=123,tfs-method=regress"),
    );
    expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { results: [2.5] }]);
    expect((await invoke("{}", attributes("tfs-model-name=other"))).status).toBe(404);
    expect((await invoke("{}", attributes("trace=1, tfs-method=../x"))).body).toContain(
      "'tfs-method=../x' is not of the form tfs-model-name=NAME",
    );
  });

  it("names the media types that it reads", async () => {
    const reply = await invoke("x", { "Content-Type": "application/x-npy" });
    expect([reply.status, reply.body]).toEqual([
      400,
      expect.stringContaining(
        "Content-Type application/x-npy is not supported: send application/json, application/jsonlines or text/csv",
      ),
    ]);
  });
});
