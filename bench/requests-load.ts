/** Drives servers under test with bench/requests-client.ts and reads what they take. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A server under test: how to reach it and what CPU time it has used, in microseconds. */
export interface Subject {
  readonly grpcPort: number;
  readonly restPort: number | undefined;
  readonly cpuMicros: () => number;
}

/** A request that is sent over and over. */
export interface Case {
  readonly name: string;
  readonly kind: "grpc" | "rest";
  readonly path: string;
  readonly body: Uint8Array;
}

/** How much of it. */
export interface Amount {
  readonly concurrency: number;
  readonly requests: number;
  readonly warmUp: number;
}

/** What was measured; the median latency is that of concurrency 1. */
export interface Figures {
  readonly requestsPerSecond: number;
  readonly cpuMicros: number;
  readonly p50Millis: number;
}

/** One line of a child's output at a time; rejects where it ends before. */
export function lineReader(child: ChildProcess): () => Promise<string> {
  let text = "";
  const waiting: (() => void)[] = [];
  child.stdout!.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    for (const wake of waiting.splice(0)) wake();
  });
  child.on("close", () => {
    for (const wake of waiting.splice(0)) wake();
  });
  return async () => {
    while (!text.includes("\n")) {
      if (child.exitCode !== null) throw new Error(`a child process ended with ${child.exitCode}`);
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    const end = text.indexOf("\n");
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    return line;
  };
}

/** Keeps a server busy with one request, from a process of its own. */
export async function measure(subject: Subject, { kind, path, body }: Case, amount: Amount): Promise<Figures> {
  const load = {
    ...amount,
    kind,
    path,
    port: kind === "grpc" ? subject.grpcPort : subject.restPort,
    body: Buffer.from(body).toString("base64"),
  };
  const script = join(import.meta.dirname, "requests-client.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["pipe", "pipe", "inherit"] });
  // Larger than an argument may be, where the request is a picture.
  child.stdin.write(`${JSON.stringify(load)}\n`);
  const line = lineReader(child);
  await line();
  const before = subject.cpuMicros();
  child.stdin.write("\n");
  await line();
  const cpuMicros = (subject.cpuMicros() - before) / amount.requests;
  child.stdin.write("\n");
  const { requestsPerSecond, p50Millis } = JSON.parse(await line()) as Figures;
  return { requestsPerSecond, cpuMicros, p50Millis };
}

/** The user and system time of another process, from Linux's /proc in hundredths of a second. */
export function processCpuMicros(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
