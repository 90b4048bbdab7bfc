import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type * as Sdk from "@google-cloud/storage";
import { StatusError } from "../status-error.js";
import { gcsSession } from "./gcs-session.js";
import { bodyText, exchange, type HttpExchange } from "./http-exchange.js";
import {
  type ListOptions,
  type ObjectInfo,
  type ObjectPage,
  type ObjectStore,
  type PartUpload,
  partBytes,
  type ReadOptions,
} from "./object-store.js";
import { storeError } from "./store-error.js";

/** What of a JSON answer about an object is read. */
interface Resource {
  readonly name: string;
  readonly size?: string;
  readonly updated?: string;
  readonly generation?: string;
  readonly md5Hash?: string;
  readonly crc32c?: string;
}

/** The fields of a listing that are read: the whole answer is five times as long. */
const listFields = "nextPageToken,prefixes,items(name,size,updated,generation,md5Hash,crc32c)";

/**
 * Google Cloud Storage: credentials and endpoint from the vendor's SDK, requests to its JSON API by hand.
 *
 * By hand, because the SDK neither ends nor fails where a connection breaks within an answer. An etag is an object's generation.
 */
export async function gcsObjectStore(sdk: typeof Sdk): Promise<ObjectStore> {
  const session = await gcsSession(sdk);

  /** Sends a request and gives its answer; anything but a status of success, or one of `also`, is an error about the URI. */
  const ask = async <T>(
    uri: string,
    request: Omit<HttpExchange, "headers"> & { readonly headers?: Readonly<Record<string, string>> },
    use: (body: IncomingMessage, status: number, headers: IncomingMessage["headers"]) => Promise<T>,
    also: readonly number[] = [],
  ): Promise<T> => {
    try {
      const headers = { ...request.headers, ...(await session.headers(request.url)) };
      const answer = await exchange({ ...request, headers });
      if (answer.status < 300 || also.includes(answer.status))
        return await use(answer.body, answer.status, answer.headers);
      throw Object.assign(new Error(errorMessage(await bodyText(answer.body))), { code: answer.status });
    } catch (error) {
      const { code } = error as { readonly code?: unknown };
      throw storeError({ uri, error, status: typeof code === "number" ? code : undefined });
    }
  };
  const json = async <T>(body: IncomingMessage): Promise<T> => JSON.parse(await bodyText(body)) as T;
  const ignore = async (body: IncomingMessage): Promise<void> => void (await bodyText(body));
  const objects = (bucket: string): string => `${session.endpoint}/storage/v1/b/${encodeURIComponent(bucket)}/o`;
  const object = (bucket: string, key: string): string => `${objects(bucket)}/${encodeURIComponent(key)}`;
  const uploads = (bucket: string): string => `${session.endpoint}/upload/storage/v1/b/${encodeURIComponent(bucket)}/o`;

  return {
    scheme: "gs",

    list(bucket: string, prefix: string, { delimiter, page }: ListOptions = {}): Promise<ObjectPage> {
      const query = new URLSearchParams({ prefix, fields: listFields });
      if (delimiter !== undefined) query.set("delimiter", delimiter);
      if (page !== undefined) query.set("pageToken", page);
      return ask(gsUri(bucket, prefix), { method: "GET", url: `${objects(bucket)}?${query}` }, async (body) => {
        const answer = await json<{ items?: Resource[]; prefixes?: string[]; nextPageToken?: string }>(body);
        return {
          objects: (answer.items ?? []).map(infoOf),
          prefixes: answer.prefixes ?? [],
          next: answer.nextPageToken,
        };
      });
    },

    head: (bucket: string, key: string): Promise<ObjectInfo | undefined> =>
      ask(
        gsUri(bucket, key),
        { method: "GET", url: object(bucket, key) },
        async (body, status) => {
          if (status < 300) return infoOf(await json<Resource>(body));
          await ignore(body);
          return undefined;
        },
        [404],
      ),

    async *read(bucket: string, key: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
      const { start = 0, end, etag, onEtag } = options;
      const uri = gsUri(bucket, key);
      const url = `${object(bucket, key)}?alt=media${etag === undefined ? "" : `&generation=${etag}`}`;
      const headers = {
        // What was uploaded compressed comes as it lies there: sizes and ranges are of those bytes.
        "accept-encoding": "gzip",
        ...(start === 0 && end === undefined ? {} : { range: `bytes=${start}-${end === undefined ? "" : end - 1}` }),
      };
      let body: IncomingMessage | undefined;
      try {
        body = await ask(
          uri,
          { method: "GET", url, headers },
          async (answer, status, { "x-goog-generation": generation }) => {
            // The range begins where the object ends.
            if (status === 416) {
              await ignore(answer);
              return undefined;
            }
            if (typeof generation === "string") onEtag?.(generation);
            return answer;
          },
          [416],
        );
        if (body !== undefined) yield* body as AsyncIterable<Uint8Array>;
      } catch (error) {
        const failure = storeError({ uri, error, status: undefined });
        // Another generation has taken the place of the one that was asked for.
        if (failure.code !== "NOT_FOUND" || etag === undefined) throw failure;
        throw new StatusError("FAILED_PRECONDITION", `${uri} was replaced while it was read`);
      } finally {
        body?.destroy();
      }
    },

    put(bucket: string, key: string, bytes: Uint8Array): Promise<void> {
      // The store refuses what does not match its checksum.
      const metadata = { name: key, md5Hash: createHash("md5").update(bytes).digest("base64") };
      const boundary = randomUUID();
      const content = Buffer.concat([
        Buffer.from(
          `--${boundary}\r\ncontent-type: application/json\r\n\r\n${JSON.stringify(metadata)}\r\n` +
            `--${boundary}\r\ncontent-type: application/octet-stream\r\n\r\n`,
        ),
        bytes,
        Buffer.from(`\r\n--${boundary}--`),
      ]);
      const headers = { "content-type": `multipart/related; boundary=${boundary}` };
      const url = `${uploads(bucket)}?uploadType=multipart`;
      return ask(gsUri(bucket, key), { method: "POST", url, headers, content }, ignore);
    },

    async putParts(bucket: string, key: string): Promise<PartUpload> {
      const uri = gsUri(bucket, key);
      const url = `${uploads(bucket)}?${new URLSearchParams({ uploadType: "resumable", name: key })}`;
      const location = await ask(uri, { method: "POST", url }, async (body, _, headers) => {
        await ignore(body);
        return headers.location!;
      });
      return {
        part: (number, content, isLast) => {
          const start = (number - 1) * partBytes;
          const end = start + content.length;
          const headers = { "content-range": `bytes ${start}-${end - 1}/${isLast ? end : "*"}` };
          // 308: the store waits for more.
          return ask(uri, { method: "PUT", url: location, headers, content }, ignore, [308]);
        },
        complete: async () => {},
        // 499 is how the store says that the upload was given up.
        abort: () => ask(uri, { method: "DELETE", url: location }, ignore, [404, 499]),
      };
    },

    async copy(bucket: string, from: string, to: string): Promise<void> {
      const target = `${object(bucket, from)}/rewriteTo/b/${encodeURIComponent(bucket)}/o/${encodeURIComponent(to)}`;
      let token: string | undefined;
      do {
        const url = token === undefined ? target : `${target}?rewriteToken=${encodeURIComponent(token)}`;
        const answer = await ask(gsUri(bucket, to), { method: "POST", url }, (body) =>
          json<{ done: boolean; rewriteToken?: string }>(body),
        );
        token = answer.done ? undefined : answer.rewriteToken;
      } while (token !== undefined);
    },

    delete: (bucket: string, key: string): Promise<void> =>
      ask(gsUri(bucket, key), { method: "DELETE", url: object(bucket, key) }, ignore, [404]),
  };
}

function gsUri(bucket: string, key: string): string {
  return `gs://${bucket}/${key}`;
}

/** The message of an error's body. */
function errorMessage(text: string): string {
  try {
    return (JSON.parse(text) as { error: { message: string } }).error.message;
  } catch {
    return text.slice(0, 300);
  }
}

function infoOf({ name, size, updated, generation, md5Hash, crc32c }: Resource): ObjectInfo {
  return {
    key: name,
    bytes: Number(size ?? 0),
    modified: updated === undefined ? 0 : Date.parse(updated),
    etag: generation ?? "",
    ...(md5Hash === undefined ? {} : { md5: Buffer.from(md5Hash, "base64").toString("hex") }),
    ...(crc32c === undefined ? {} : { crc32c: Buffer.from(crc32c, "base64").readUInt32BE(0) }),
  };
}
