import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoadSavedModel } from "../../saved-model/signature.js";
import { type ModelServer, startModelServer } from "../model-server.js";
import type { ModelServerOptions } from "../model-server-options.js";
import { testModel } from "./test-model.js";

/** Folders that look like SavedModels, for the test model's loader. */
export interface TestModels {
  readonly root: string;
  /** Makes a version's folder and returns its model's base path. */
  add(model: string, version: string): string;
  remove(): void;
}

/** A fresh temporary folder for models. */
export function testModels(): TestModels {
  const root = mkdtempSync(join(tmpdir(), "tureen-serving-"));
  return {
    root,
    add: (model, version) => {
      const folder = join(root, model, version);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, "saved_model.pb"), "");
      return join(root, model);
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Loads the test model, whatever the folder says. */
export const loadTestModel: LoadSavedModel = async () => testModel();

/** A server on this machine only, with the test model as `half_plus_two`, version 123. */
export async function startTestServer(
  models: TestModels,
  options: Partial<ModelServerOptions> = {},
): Promise<ModelServer> {
  const basePath = models.add("half_plus_two", "00000123");
  return startModelServer({
    host: "127.0.0.1",
    models: [{ name: "half_plus_two", basePath }],
    loadModel: loadTestModel,
    maxNumLoadRetries: 0,
    ...options,
  });
}

/** What a REST request was answered. */
export interface RestReply {
  readonly status: number;
  readonly body: string;
  readonly headers: Headers;
}

/** Sends a REST request to a test server. */
export async function rest(server: ModelServer, path: string, init: RequestInit = {}): Promise<RestReply> {
  const response = await fetch(`http://127.0.0.1:${server.restPort}${path}`, init);
  return { status: response.status, body: await response.text(), headers: response.headers };
}

/** Sends a body, an object as JSON, by POST. */
export function post(server: ModelServer, path: string, body: object | string): Promise<RestReply> {
  return rest(server, path, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) });
}
