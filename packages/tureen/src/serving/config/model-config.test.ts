import { create } from "@bufbuild/protobuf";
import { ModelServerConfigSchema } from "@tureen/protos/gen/tensorflow_serving/config/model_server_config_pb";
import { describe, expect, it } from "vitest";
import { checkTransition, modelListConfig } from "./model-config.js";

describe("checkTransition", () => {
  it("allows one list of models after another, and nothing else", () => {
    const list = modelListConfig([]);
    const none = create(ModelServerConfigSchema);
    expect(() => checkTransition(undefined, list)).not.toThrow();
    expect(() => checkTransition(list, list)).not.toThrow();
    expect(() => checkTransition(list, none)).toThrow(
      "Cannot transition to requested config. It is only legal to transition from one ModelConfigList to another.",
    );
  });
});
