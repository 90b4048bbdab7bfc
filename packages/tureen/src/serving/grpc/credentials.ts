import { ServerCredentials } from "@grpc/grpc-js";
import type { SSLConfig } from "@tureen/protos/gen/tensorflow_serving/config/ssl_config_pb";

/** What the port speaks: TLS with the configuration's PEM texts, plain text without one. */
export function serverCredentials(ssl: SSLConfig | undefined): ServerCredentials {
  if (ssl === undefined) return ServerCredentials.createInsecure();
  const roots = ssl.customCa === "" ? null : Buffer.from(ssl.customCa);
  const pair = { private_key: Buffer.from(ssl.serverKey), cert_chain: Buffer.from(ssl.serverCert) };
  return ServerCredentials.createSsl(roots, [pair], ssl.clientVerify);
}
