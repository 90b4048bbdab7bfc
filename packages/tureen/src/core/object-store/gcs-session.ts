import type * as Sdk from "@google-cloud/storage";

/** Where Google's store is, and what a request carries to be let in. */
export interface GcsSession {
  /** Without the paths of the API. */
  readonly endpoint: string;
  /** The headers that say who asks; none for emulators, and for anonymous requests to public buckets. */
  headers(url: string): Promise<Readonly<Record<string, string>>>;
}

/**
 * What the vendor's SDK finds: application default credentials (variables, files, the metadata service), STORAGE_EMULATOR_HOST.
 *
 * Without any credentials requests are anonymous, as TensorFlow's are.
 */
export async function gcsSession(sdk: typeof Sdk): Promise<GcsSession> {
  const { apiEndpoint: endpoint, authClient } = new sdk.Storage();
  const anonymous: GcsSession = { endpoint, headers: async () => ({}) };
  if (process.env["STORAGE_EMULATOR_HOST"] !== undefined) return anonymous;
  try {
    await authClient.getClient();
  } catch (error) {
    if (/Could not load the default credentials/.test((error as Error).message)) return anonymous;
    throw error;
  }
  return { endpoint, headers: async (url) => (await authClient.getRequestHeaders(url)) as Record<string, string> };
}
