#!/usr/bin/env node
import { keepCompiledCode } from "./keep-compiled-code.js";

const write = keepCompiledCode();
// Only now: what is imported before is not kept.
await import("../dist-server/cli/tensorflow_model_server.js");
write();
