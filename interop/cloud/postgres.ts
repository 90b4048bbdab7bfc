/** PostgreSQL from Debian's packages for the checks: a cluster of its own in a temporary folder, on a port of its own. */
import { spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface PostgresCluster {
  readonly url: string;
  start(): void;
  /** Ends the server as a power cut does: nothing is flushed, every connection breaks. */
  kill(): void;
  /** Stops the server and removes its files. */
  remove(): void;
}

const versions = "/usr/lib/postgresql";

/** The folder with `initdb` and `pg_ctl`; installed where it is missing and that is possible. Else a reason to skip. */
function binaries(): string | { readonly reason: string } {
  if (process.getuid?.() !== 0) return { reason: "starting PostgreSQL as another user needs root" };
  if (!existsSync(versions)) {
    const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const install = spawnSync("apt-get", ["install", "-y", "postgresql"], { env: environment });
    if (install.status !== 0) return { reason: "PostgreSQL is not installed and apt-get cannot install it" };
  }
  const [version] = readdirSync(versions).sort((a, b) => Number(b) - Number(a));
  if (version === undefined) return { reason: `there is no PostgreSQL in ${versions}` };
  return join(versions, version, "bin");
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { readonly port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts a cluster. `run` goes before each command: how to get into a network namespace. */
export async function startPostgres(
  address = "127.0.0.1",
  run: readonly string[] = [],
): Promise<PostgresCluster | { readonly reason: string }> {
  const bin = binaries();
  if (typeof bin !== "string") return bin;
  const folder = mkdtempSync(join(tmpdir(), "interop-postgres-"));
  const id = (flag: string): number => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  chownSync(folder, id("-u"), id("-g"));
  const data = join(folder, "data");
  const port = await freePort();
  const asPostgres = (command: string, ...args: string[]): void => {
    const [program, ...rest] = [...run, "runuser", "-u", "postgres", "--", join(bin, command), ...args];
    // Its output goes to a file: the server would keep a pipe open.
    const result = spawnSync(program!, rest, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
    if (result.status !== 0) throw new Error(`${command} ended with ${result.status}`);
  };
  asPostgres("initdb", "--pgdata", data, "--auth=trust", "--username=postgres", "--no-sync");
  const options = `-p ${port} -c listen_addresses=${address} -c unix_socket_directories=${folder}`;
  const log = join(folder, "log");
  const start = (): void =>
    asPostgres("pg_ctl", "--pgdata", data, "--log", log, "--options", options, "--wait", "start");
  if (address !== "127.0.0.1") {
    const { appendFileSync } = await import("node:fs");
    appendFileSync(join(data, "pg_hba.conf"), "host all all 10.0.0.0/8 trust\n");
  }
  start();
  return {
    url: `postgres://postgres@${address}:${port}/postgres`,
    start,
    kill: () => asPostgres("pg_ctl", "--pgdata", data, "--mode=immediate", "--wait", "stop"),
    remove() {
      try {
        asPostgres("pg_ctl", "--pgdata", data, "--mode=immediate", "--wait", "stop");
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}
