import { failedPrecondition } from "../status-error.js";
import type { ObjectStore } from "./object-store.js";
import type { ObjectScheme } from "./object-uri.js";
import { type RetrySchedule, retrying, usualRetries } from "./retrying.js";

/** What the SDKs and we read of the environment: a change of it is a change of the store. */
const settings = /^(?:AWS_|S3_|GOOGLE_|GCLOUD_|STORAGE_EMULATOR_HOST$)/;

const stores = new Map<string, Promise<ObjectStore>>();

/**
 * The store of a scheme, opened once for the environment's settings: credentials, region and endpoint are the SDK's to find.
 *
 * Operations that fail for a reason that may pass are tried again with back-off. FAILED_PRECONDITION where the vendor's SDK, an optional
 * dependency, is not installed.
 */
export async function openObjectStore(
  scheme: ObjectScheme,
  retries: RetrySchedule = usualRetries,
): Promise<ObjectStore> {
  const environment = Object.entries(process.env).filter(([name]) => settings.test(name));
  const key = JSON.stringify([scheme, environment.sort()]);
  let store = stores.get(key);
  if (store === undefined) {
    store = open(scheme);
    stores.set(key, store);
    store.catch(() => stores.delete(key));
  }
  return retrying(await store, retries);
}

async function open(scheme: ObjectScheme): Promise<ObjectStore> {
  if (scheme === "s3") {
    const { s3ObjectStore } = await import("./s3.js");
    return s3ObjectStore(await sdk("s3", "@aws-sdk/client-s3", () => import("@aws-sdk/client-s3")), process.env);
  }
  const { gcsObjectStore } = await import("./gcs.js");
  return gcsObjectStore(await sdk("gs", "@google-cloud/storage", () => import("@google-cloud/storage")));
}

/** The SDK of a scheme; FAILED_PRECONDITION with the command that installs it where it is missing. */
export async function sdk<T>(scheme: ObjectScheme, name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw error;
    throw failedPrecondition(`${scheme}:// paths need the package ${name}: npm install ${name}`);
  }
}
