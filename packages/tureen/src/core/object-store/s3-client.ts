import type { Agent } from "node:https";
import type * as Sdk from "@aws-sdk/client-s3";

/** Runs an operation with a client that has what credentials there are. */
export type S3Send = <T>(operation: (client: Sdk.S3Client) => Promise<T>) => Promise<T>;

/** Milliseconds until a connection counts as impossible: a store that does not answer must not hold up a server's start. */
const connectionMs = 3000;
/** Milliseconds without a byte after which a connection counts as broken. */
const idleMs = 30_000;
/** Milliseconds for which it is remembered that there are no credentials: looking for them asks the machine's metadata service. */
const withoutCredentialsMs = 60_000;

/**
 * A client as the SDK configures itself (credentials, region, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, profiles), and as TensorFlow's S3 file
 * system was configured: S3_ENDPOINT, S3_USE_HTTPS=0, S3_VERIFY_SSL=0, S3_REGION.
 *
 * Without a region us-east-1, following redirects to other ones. Without any credentials requests are not signed: public buckets need none.
 */
export function s3Client(
  sdk: typeof Sdk,
  environment: Readonly<Record<string, string | undefined>>,
  httpsAgent: (options: { rejectUnauthorized: boolean; keepAlive: boolean }) => Agent,
): S3Send {
  const endpoint = endpointOf(environment);
  const region = environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? environment["S3_REGION"];
  const verify = environment["S3_VERIFY_SSL"] !== "0";
  const common: Sdk.S3ClientConfig = {
    // Every operation is tried again by ourselves, reads from where they broke off.
    maxAttempts: 1,
    followRegionRedirects: true,
    requestHandler: {
      connectionTimeout: connectionMs,
      socketTimeout: idleMs,
      ...(verify ? {} : { httpsAgent: httpsAgent({ rejectUnauthorized: false, keepAlive: true }) }),
    },
    // Stores that are not Amazon's seldom have names for their buckets' hosts, and often know none of the newer checksums.
    ...(endpoint === undefined
      ? {}
      : {
          endpoint,
          forcePathStyle: true,
          ...(environment["AWS_REQUEST_CHECKSUM_CALCULATION"] === undefined
            ? { requestChecksumCalculation: "WHEN_REQUIRED" as const }
            : {}),
        }),
    ...(region === undefined ? {} : { region }),
  };
  const clients = (async () => {
    let config = common;
    if (region === undefined) {
      try {
        await new sdk.S3Client(common).config.region();
      } catch {
        config = { ...common, region: "us-east-1" };
      }
    }
    const unsigned = { sign: async <T>(request: T): Promise<T> => request };
    return {
      signed: new sdk.S3Client(config),
      anonymous: new sdk.S3Client({
        ...config,
        credentials: { accessKeyId: "", secretAccessKey: "" },
        signer: unsigned,
      }),
    };
  })();
  let lookAgain = 0;
  return async (operation) => {
    const { signed, anonymous } = await clients;
    if (Date.now() < lookAgain) return operation(anonymous);
    try {
      return await operation(signed);
    } catch (error) {
      if ((error as Error).name !== "CredentialsProviderError") throw error;
      lookAgain = Date.now() + withoutCredentialsMs;
      return operation(anonymous);
    }
  };
}

/** The endpoint that the environment names, undefined for Amazon's own. */
function endpointOf(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const own = environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"];
  if (own !== undefined && own !== "") return own;
  const tensorflows = environment["S3_ENDPOINT"];
  if (tensorflows === undefined || tensorflows === "") return undefined;
  if (/^https?:\/\//.test(tensorflows)) return tensorflows;
  return `${environment["S3_USE_HTTPS"] === "0" ? "http" : "https"}://${tensorflows}`;
}
