import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { ineffectiveFlags, modelServerFlags } from "./model-server-flags.js";

const script = new URL("./tensorflow_model_server.ts", import.meta.url).pathname;

const tureen = new URL("./tureen.ts", import.meta.url).pathname;
const fixture = new URL("../serving/fixtures/half_plus_two", import.meta.url).pathname;

async function freePort(): Promise<number> {
  const free = createServer();
  await new Promise<void>((resolve) => free.listen(0, resolve));
  const { port } = free.address() as { port: number };
  await new Promise((resolve) => free.close(resolve));
  return port;
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program; `until` is a text on stderr after which it gets SIGTERM. */
function run(args: readonly string[], until?: string, program = script): Promise<Ended> {
  const child = spawn(process.execPath, ["--conditions=@tureen/source", "--import", "tsx", program, ...args]);
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
    if (until !== undefined && stderr.includes(until)) child.kill("SIGTERM");
  });
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

describe("tensorflow_model_server", () => {
  it("names the console's page, which --enable_console=false takes away", async () => {
    const args = ["--port=0", `--grpc_socket_path=${join(tmpdir(), `console-${process.pid}.sock`)}`];
    const models = ["--model_name=m", `--model_base_path=${fixture}`, "--lazy_loading"];
    const ready = "Exporting HTTP/REST API at:";
    const [on, off] = await Promise.all([
      run([...args, ...models, `--rest_api_port=${await freePort()}`], "The console is at"),
      run(
        [
          ...args.map((arg) => arg.replace("console-", "plain-")),
          ...models,
          `--rest_api_port=${await freePort()}`,
          "--enable_console=false",
        ],
        ready,
      ),
    ]);
    expect(on).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/The console is at http:\/\/localhost:\d+\/console/),
    });
    expect(off.code).toBe(0);
    expect(off.stderr).not.toContain("console");
  });

  it("prints its version, its usage, and what it cannot take", async () => {
    const [version, help, bad, none] = await Promise.all([
      run(["--version"]),
      run(["--help"]),
      run(["--port=x"]),
      run(["--model_base_pat=/x"]),
    ]);
    expect(version).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^TensorFlow ModelServer: \S.*\nTensorFlow Library: \S.*\n$/),
    });
    expect(help).toMatchObject({ code: 255, stdout: expect.stringContaining("\nFlags:\n\t--port=8500 ") });
    expect(bad).toMatchObject({ code: 255, stdout: expect.stringContaining("usage: ") });
    expect(bad.stderr).toContain("Couldn't interpret value x for flag port.");
    expect(none.code).toBe(255);
    expect(none.stdout).toContain("unknown argument: --model_base_pat=/x\nusage: ");
    expect(none.stderr).toContain("--model_base_pat=/x: did you mean --model_base_path=<string>?");
    expect(none.stdout).toMatch(
      /Failed to start server\. Error: INVALID_ARGUMENT: Both server_options\.model_base_path and server_options\.model_config_file are empty!\n$/,
    );
    expect(none.stderr).not.toContain("    at ");
  });

  it("says of every flag that it takes without an effect that it has none, and prints stacks when it is told to", async () => {
    const flags = [...ineffectiveFlags].map((name) => {
      const { type } = modelServerFlags.find((flag) => flag.name === name)!;
      return type === "bool" ? `--${name}` : type === "string" ? `--${name}=` : `--${name}=0`;
    });
    const ended = await run([...flags, "--verbose", "--model_config_file=/no/such/file"]);
    expect(ended.code).toBe(255);
    for (const name of ineffectiveFlags)
      expect(ended.stderr).toMatch(new RegExp(`--${name} has no effect here: [a-zA-Z][^\\n]{10,}\\.\\n`));
    expect(ended.stderr).toContain("--enable_profiler has no effect here: there is no profiler service.\n");
    expect(ended.stderr).toContain("--platform_config_file has no effect here: there is one platform, which has");
    expect(ended.stderr).toContain("    at ");
  });

  it("has no TCP port with --port=0, where `tureen serve` takes one that is free and says which", async () => {
    const none = await run(["--port=0", "--model_name=m", `--model_base_path=${fixture}`]);
    expect(none).toMatchObject({
      code: 255,
      stdout:
        "Failed to start server. Error: INVALID_ARGUMENT: At least one of server_options.grpc_port or server_options.grpc_socket_path must be set.\n",
    });
    const args = ["serve", "--port", "0", "--rest_api_port=0", "--model-name", "m", "--model-base-path", fixture];
    const free = await run([...args, "--lazy-loading", "--no-enable-console"], "Exporting HTTP/REST API at:", tureen);
    expect(free.code).toBe(0);
    expect(free.stderr).toMatch(/Running gRPC ModelServer at 0\.0\.0\.0:[1-9]\d* \.\.\./);
    expect(free.stderr).toMatch(/Exporting HTTP\/REST API at:localhost:[1-9]\d* \.\.\./);
  });

  it("starts, says where it listens, and stops in order on SIGTERM", async () => {
    const port = await freePort();
    const ended = await run(
      [`--port=${port}`, "--model_name=m", `--model_base_path=${tmpdir()}/no-such-model`],
      "Running gRPC ModelServer",
    );
    expect(ended.code).toBe(0);
    expect(ended.stderr).toContain(
      `Building single TensorFlow model file config:  model_name: m model_base_path: ${tmpdir()}/no-such-model`,
    );
    expect(ended.stderr).toContain(`Running gRPC ModelServer at 0.0.0.0:${port} ...`);
    expect(ended.stderr).toContain("Stopped.");
  });
});
