#!/usr/bin/env node
import { keepCompiledCode } from "./keep-compiled-code.js";

keepCompiledCode();
// Only now: what is imported before is not kept.
await import("../dist/cli/tureen.js");
