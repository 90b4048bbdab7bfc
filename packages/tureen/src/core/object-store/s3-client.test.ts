import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startS3StandIn } from "./testing/s3-stand-in.js";
import type { StandIn } from "./testing/stand-in-server.js";

let standIn: StandIn;

beforeAll(async () => {
  standIn = await startS3StandIn();
  standIn.bucket("b").put("key", "hello");
});
afterAll(() => standIn.close());

/** Reads `s3://b/key` in a process with this environment and no other. */
async function read(environment: Readonly<Record<string, string>>): Promise<string> {
  const program = `
    import { storageOf } from ${JSON.stringify(new URL("../storage/storage.ts", import.meta.url).href)};
    const bytes = await storageOf("s3://b/key").readWhole("s3://b/key");
    console.log(new TextDecoder().decode(bytes));`;
  const child = spawn(
    process.execPath,
    ["--conditions=@tureen/source", "--import", "tsx", "--input-type=module", "--eval", program],
    {
      env: {
        PATH: process.env["PATH"],
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
        AWS_EC2_METADATA_DISABLED: "true",
        ...environment,
      },
    },
  );
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    if (/error/i.test(chunk.toString())) text += chunk.toString();
  });
  await new Promise((resolve) => child.on("close", resolve));
  return text.trim();
}

const credentials = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };

it("takes the SDK's variables, TensorFlow's, and no credentials at all", async () => {
  const { url } = standIn;
  const host = url.replace("http://", "");
  const found = await Promise.all([
    read({ ...credentials, AWS_ENDPOINT_URL_S3: url, AWS_REGION: "eu-west-1" }),
    read({ ...credentials, AWS_ENDPOINT_URL: url }),
    read({ ...credentials, S3_ENDPOINT: host, S3_USE_HTTPS: "0", S3_REGION: "eu-west-1" }),
    read({ S3_ENDPOINT: url }),
  ]);
  expect(found).toEqual(["hello", "hello", "hello", "hello"]);
  expect(standIn.unsigned).toBe(1);
});

const reason =
  spawnSync("openssl", ["version"]).status === 0 ? "" : " (skipped: there is no openssl to make a certificate)";

it.skipIf(reason !== "")(`asks for a certificate that it can verify, unless it is told not to${reason}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), "s3-tls-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const made = spawnSync("openssl", [
    "req",
    "-x509",
    ...kind,
    "-keyout",
    keyFile,
    "-out",
    certFile,
    "-subj",
    "/CN=store",
  ]);
  expect(made.status, String(made.stderr)).toBe(0);
  const tls = { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8") };
  rmSync(folder, { recursive: true });
  const secure = await startS3StandIn({ tls });
  secure.bucket("b").put("key", "hello");
  const host = secure.url.replace("https://", "");
  const [open, strict] = await Promise.all([
    read({ ...credentials, S3_ENDPOINT: host, S3_VERIFY_SSL: "0" }),
    read({ ...credentials, S3_ENDPOINT: host }),
  ]);
  expect(open).toBe("hello");
  expect(strict).toContain("self-signed certificate");
  await secure.close();
});
