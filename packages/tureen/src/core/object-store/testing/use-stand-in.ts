import type { ObjectScheme } from "./../object-uri.js";
import { startGcsStandIn } from "./gcs-stand-in.js";
import { startS3StandIn } from "./s3-stand-in.js";
import type { StandIn } from "./stand-in-server.js";

/** The environment with which the vendor's SDK talks to a stand-in. */
export function standInEnvironment(scheme: ObjectScheme, url: string): Readonly<Record<string, string>> {
  return scheme === "s3"
    ? {
        AWS_ENDPOINT_URL_S3: url,
        AWS_ACCESS_KEY_ID: "stand-in",
        AWS_SECRET_ACCESS_KEY: "stand-in",
        AWS_REGION: "us-east-1",
        // No files of the user who runs the tests.
        AWS_CONFIG_FILE: "/dev/null",
        AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
      }
    : { STORAGE_EMULATOR_HOST: url };
}

/** A stand-in that this process uses for a scheme until it is closed. */
export async function useStandIn(scheme: ObjectScheme, options: { readonly pageSize?: number } = {}): Promise<StandIn> {
  const standIn = await (scheme === "s3" ? startS3StandIn(options) : startGcsStandIn(options));
  const environment = standInEnvironment(scheme, standIn.url);
  const before = new Map(Object.keys(environment).map((name) => [name, process.env[name]] as const));
  Object.assign(process.env, environment);
  return {
    ...standIn,
    close: async () => {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      await standIn.close();
    },
  };
}
