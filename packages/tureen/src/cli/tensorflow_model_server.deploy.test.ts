import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const script = fileURLToPath(new URL("./tensorflow_model_server.ts", import.meta.url));
const fixture = fileURLToPath(new URL("../serving/fixtures/half_plus_two", import.meta.url));
const deployFile = (name: string): string => readFileSync(join(root, "deploy", name), "utf8");

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tureen-deploy-"));
  // What the image has on its path.
  const command = join(folder, "tensorflow_model_server");
  writeFileSync(
    command,
    `#!/bin/sh\nexec "${process.execPath}" --conditions=@tureen/source --import tsx "${script}" "$@"\n`,
  );
  chmodSync(command, 0o755);
  cpSync(fixture, join(folder, "models/half_plus_two"), { recursive: true });
  mkdirSync(join(folder, "mnt"));
  cpSync(fixture, join(folder, "mnt/models"), { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Waits for up to half a minute; `expect.poll` knows nothing of concurrent tests. */
async function until(isTrue: () => Promise<boolean>, failure: () => string): Promise<void> {
  for (const end = Date.now() + 30_000; !(await isTrue()); ) {
    if (Date.now() > end) throw new Error(failure());
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The container's command, arguments and probes, by the lines of a manifest; the YAML is our own and plain. */
function manifest(name: string): { argv: readonly string[]; paths: readonly string[] } {
  const text = deployFile(name);
  const [, command] = /^ +command: \["([^"]+)"\]$/m.exec(text)!;
  const [, block] = /^ +args:\n((?: +- .*\n)+)/m.exec(text)!;
  const args = [...block!.matchAll(/^ +- (.*)$/gm)].map(([, arg]) => arg!);
  return {
    argv: [command!, ...args],
    paths: [...text.matchAll(/^ +path: (\/(?:readyz|healthz))$/gm)].map(([, path]) => path!),
  };
}

/**
 * Starts a command line as the platform would, on ports that are free (later flags win), waits for the probe, asks the model and ends it with
 * SIGTERM; the exit code.
 */
async function probe(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  model: string,
  paths: readonly string[],
  during?: (
    child: ChildProcess,
    get: (path: string) => Promise<number>,
    ask: (path: string, body: string) => Promise<unknown>,
  ) => Promise<void>,
): Promise<number | null> {
  const [port, restPort] = [await freePort(), await freePort()];
  const [command, ...args] = argv;
  const child: ChildProcess = spawn(command!, [...args, `--port=${port}`, `--rest_api_port=${restPort}`], {
    env: { PATH: `${folder}:/usr/bin:/bin`, HOME: "/nonexistent", ...env },
    stdio: ["ignore", "ignore", "pipe"],
    cwd: root,
  });
  let log = "";
  child.stderr!.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const get = async (path: string): Promise<number> => {
    try {
      return (await fetch(`http://127.0.0.1:${restPort}${path}`)).status;
    } catch {
      return 0;
    }
  };
  try {
    await until(
      async () => (await get("/readyz")) === 200,
      () => log,
    );
    for (const path of paths) expect(await get(path)).toBe(200);
    const reply = await fetch(`http://127.0.0.1:${restPort}/v1/models/${model}:predict`, {
      method: "POST",
      body: '{"instances": [1.0]}',
    });
    expect([reply.status, await reply.json()]).toEqual([200, { predictions: [2.5] }]);
    await during?.(child, get, async (path, body) => {
      const headers = { "Content-Type": "application/json" };
      return (await fetch(`http://127.0.0.1:${restPort}${path}`, { method: "POST", headers, body })).json();
    });
  } finally {
    child.kill("SIGTERM");
  }
  return ended;
}

describe.concurrent("the deployment files' command lines", () => {
  it("Dockerfile: the entry point takes tensorflow/serving's environment", async () => {
    const dockerfile = deployFile("Dockerfile");
    expect(dockerfile).toMatch(/^USER 65532:65532$/m);
    expect(dockerfile).toMatch(/^ENTRYPOINT \["\/usr\/bin\/tf_serving_entrypoint\.sh"\]$/m);
    const env = { MODEL_NAME: "half_plus_two", MODEL_BASE_PATH: join(folder, "models") };
    expect(
      await probe(["/bin/sh", join(root, "deploy/tf_serving_entrypoint.sh")], env, "half_plus_two", ["/healthz"]),
    ).toBe(0);
  });

  it("Vertex AI: port, routes and the model's own folder come from the environment", async () => {
    const env = {
      AIP_HTTP_PORT: "1",
      AIP_PREDICT_ROUTE: "/v1/endpoints/7/deployedModels/8:predict",
      AIP_HEALTH_ROUTE: "/v1/endpoints/7/deployedModels/8",
      AIP_STORAGE_URI: join(folder, "models/half_plus_two/00000123"),
    };
    const argv = ["/bin/sh", join(root, "deploy/tf_serving_entrypoint.sh")];
    const code = await probe(argv, env, "model", [env.AIP_HEALTH_ROUTE], async (_, __, ask) => {
      expect(await ask(env.AIP_PREDICT_ROUTE, '{"instances": [1.0, 3.0]}')).toEqual({ predictions: [2.5, 3.5] });
    });
    expect(code).toBe(0);
  });

  it.each(["models", "models/half_plus_two", "models/half_plus_two/00000123"])(
    "SageMaker: finds the model in %s and answers /ping and /invocations",
    async (unpacked) => {
      const env = { SM_MODEL_DIR: join(folder, unpacked) };
      const argv = ["/bin/sh", join(root, "deploy/tf_serving_entrypoint.sh"), "serve"];
      const code = await probe(argv, env, "model", ["/ping"], async (_, __, ask) => {
        expect(await ask("/invocations", "[1.0, 3.0]")).toEqual({ predictions: [2.5, 3.5] });
      });
      expect(code).toBe(0);
    },
  );

  it("Kubernetes: serves a volume of models, and its probes are answered", async () => {
    const { argv, paths } = manifest("kubernetes.yaml");
    expect(paths).toEqual(["/readyz", "/readyz", "/healthz"]);
    const local = argv.map((arg) => arg.replace("=/models", `=${join(folder, "models")}`));
    expect(await probe(local, {}, "half_plus_two", paths)).toBe(0);
  });

  it("Knative: serves a volume of models on the port that the revision names", async () => {
    const { argv, paths } = manifest("knative.yaml");
    expect(argv).toContain("--rest_api_port=8080");
    expect(deployFile("knative.yaml")).toMatch(/- name: http1\n +containerPort: 8080$/m);
    const local = argv.map((arg) => arg.replace("=/models", `=${join(folder, "models")}`));
    expect(await probe(local, {}, "half_plus_two", paths)).toBe(0);
  });

  it("KServe: serves the model that the platform has mounted under the service's name", async () => {
    const { argv, paths } = manifest("kserve-runtime.yaml");
    const local = argv.map((arg) =>
      arg.replace("/mnt/models", join(folder, "mnt/models")).replace("{{.Name}}", "my-service"),
    );
    expect(await probe(local, {}, "my-service", [...paths, "/v2/health/ready", "/v2/models/my-service"])).toBe(0);
  });

  it("systemd: starts from a configuration file that SIGHUP has it read again", async () => {
    const unit = deployFile("tureen.service");
    expect(unit).toMatch(/^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
    const [, line] = /^ExecStart=(.*)$/m.exec(unit)!;
    const config = join(folder, "models.config");
    const models = (...names: string[]): void => {
      const entry = (name: string): string =>
        `config { name: "${name}" base_path: "${join(folder, "models/half_plus_two")}" model_platform: "tensorflow" }`;
      writeFileSync(config, `model_config_list { ${names.map(entry).join(" ")} }`);
    };
    models("half");
    const argv = line!
      .split(" ")
      .map((arg) => arg.replace("/etc/tureen/models.config", config).replace(/^\/usr\/bin\//, ""));
    const code = await probe(argv, { NODE_ENV: "production" }, "half", ["/healthz"], async (child, get) => {
      models("half", "second");
      child.kill("SIGHUP");
      await until(
        async () => (await get("/v1/models/second")) === 200,
        () => "the second model does not appear",
      );
    });
    expect(code).toBe(0);
  });
});
