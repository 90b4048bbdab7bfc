import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { create } from "@bufbuild/protobuf";
import { credentials } from "@grpc/grpc-js";
import { SSLConfigSchema } from "@tureen/protos/gen/tensorflow_serving/config/ssl_config_pb";
import { describe, expect, it } from "vitest";
import { byteClient, floats, predictRequest, rpc } from "../testing/test-client.js";
import { startTestServer, testModels } from "../testing/test-server.js";

const reason =
  spawnSync("openssl", ["version"]).status === 0 ? "" : " (skipped: there is no openssl to make a certificate)";

/** A key and a certificate of its own for localhost. */
function selfSigned(): { key: string; cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "tureen-tls-"));
  const [keyFile, certFile] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const made = spawnSync("openssl", ["req", "-x509", ...kind, "-keyout", keyFile, "-out", certFile, ...subject]);
  expect(made.status, String(made.stderr)).toBe(0);
  const pair = { key: readFileSync(keyFile, "utf8"), cert: readFileSync(certFile, "utf8") };
  rmSync(folder, { recursive: true });
  return pair;
}

describe.skipIf(reason !== "")(`TLS${reason}`, () => {
  it("answers clients that trust the certificate, and with client_verify only those that show one", async () => {
    const { key, cert } = selfSigned();
    const pem = Buffer.from(cert);
    const request = predictRequest({}, { x: floats([1]) });
    const models = testModels();
    for (const clientVerify of [false, true]) {
      const ssl = create(SSLConfigSchema, { serverKey: key, serverCert: cert, customCa: cert, clientVerify });
      const server = await startTestServer(models, { ssl, restApiPort: false });
      const target = `dns:localhost:${server.grpcPort}`;
      const plain = byteClient(server.grpcPort!);
      const trusting = byteClient(target, {}, credentials.createSsl(pem));
      const known = byteClient(target, {}, credentials.createSsl(pem, Buffer.from(key), pem));
      await expect(plain.call(rpc.predict, request, 2000)).rejects.toThrow();
      await expect(known.call(rpc.predict, request, 5000)).resolves.toBeInstanceOf(Uint8Array);
      const anonymous = trusting.call(rpc.predict, request, 2000);
      if (clientVerify) await expect(anonymous).rejects.toThrow();
      else await expect(anonymous).resolves.toBeInstanceOf(Uint8Array);
      for (const client of [plain, trusting, known]) client.close();
      await server.close();
    }
    models.remove();
  });

  it("serves REST, and knows callers of both transports by their certificates", async () => {
    const { key, cert } = selfSigned();
    const pem = Buffer.from(cert);
    const models = testModels();
    const ssl = create(SSLConfigSchema, { serverKey: key, serverCert: cert, customCa: cert, clientVerify: true });
    const accessFile = join(models.root, "access.json");
    const caller = { name: "local", certificate_common_name: "localhost", models: ["half_plus_two"] };
    writeFileSync(accessFile, JSON.stringify({ callers: [caller] }));
    const server = await startTestServer(models, { ssl, restSsl: ssl, accessFile });
    const post = (client: object): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const options = { port: server.restPort, host: "127.0.0.1", servername: "localhost", ca: pem, ...client };
        const path = "/v1/models/half_plus_two:predict";
        const sent = httpsRequest({ ...options, path, method: "POST" }, (response) => {
          response.resume();
          resolve(response.statusCode);
        });
        sent.on("error", reject);
        sent.end('{"instances": [1]}');
      });
    expect(await post({ key, cert })).toBe(200);
    await expect(post({})).rejects.toThrow();
    const client = byteClient(
      `dns:localhost:${server.grpcPort}`,
      {},
      credentials.createSsl(pem, Buffer.from(key), pem),
    );
    await expect(client.call(rpc.predict, predictRequest({}, { x: floats([1]) }), 5000)).resolves.toBeDefined();
    const other = predictRequest({ name: "other" }, { x: floats([1]) });
    await expect(client.call(rpc.predict, other, 5000)).rejects.toMatchObject({ code: 7 });
    client.close();
    await server.close();
    models.remove();
  });
});
