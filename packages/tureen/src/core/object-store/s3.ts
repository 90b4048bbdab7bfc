import { createHash } from "node:crypto";
import { Agent } from "node:https";
import type * as Sdk from "@aws-sdk/client-s3";
import { StatusError } from "../status-error.js";
import type { ListOptions, ObjectInfo, ObjectPage, ObjectStore, PartUpload, ReadOptions } from "./object-store.js";
import { type S3Send, s3Client } from "./s3-client.js";
import { storeError } from "./store-error.js";

/** S3, or a store that speaks its protocol, through the vendor's SDK. `environment` has TensorFlow's S3_ variables. */
export function s3ObjectStore(sdk: typeof Sdk, environment: Readonly<Record<string, string | undefined>>): ObjectStore {
  const send = s3Client(sdk, environment, (options) => new Agent(options));
  const attempt = async <T>(uri: string, act: (send: S3Send) => Promise<T>): Promise<T> => {
    try {
      return await act(send);
    } catch (error) {
      throw s3Error(uri, error);
    }
  };
  const head = (bucket: string, key: string): Promise<ObjectInfo | undefined> =>
    attempt(s3Uri(bucket, key), async (send) => {
      try {
        const answer = await send((client) => client.send(new sdk.HeadObjectCommand({ Bucket: bucket, Key: key })));
        const isKeyed =
          answer.ServerSideEncryption?.startsWith("aws:kms") === true || answer.SSECustomerAlgorithm !== undefined;
        return infoOf(bucket, key, answer.ContentLength, answer.LastModified, answer.ETag, !isKeyed);
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    });
  return {
    scheme: "s3",
    head,

    list: (bucket: string, prefix: string, { delimiter, page }: ListOptions = {}): Promise<ObjectPage> =>
      attempt(s3Uri(bucket, prefix), async (send) => {
        const answer = await send((client) =>
          client.send(
            new sdk.ListObjectsV2Command({
              Bucket: bucket,
              Prefix: prefix,
              Delimiter: delimiter,
              ContinuationToken: page,
            }),
          ),
        );
        return {
          objects: (answer.Contents ?? []).map(({ Key, Size, LastModified, ETag }) =>
            infoOf(bucket, Key!, Size, LastModified, ETag, true),
          ),
          prefixes: (answer.CommonPrefixes ?? []).map(({ Prefix }) => Prefix!),
          next: answer.IsTruncated === true ? answer.NextContinuationToken : undefined,
        };
      }),

    async *read(bucket: string, key: string, options: ReadOptions = {}): AsyncGenerator<Uint8Array, void> {
      const { start = 0, end, etag, onEtag } = options;
      const uri = s3Uri(bucket, key);
      const isWhole = start === 0 && end === undefined;
      let body: AsyncIterable<Uint8Array> & { destroy(): void };
      let bytes: number | undefined;
      try {
        const answer = await send((client) =>
          client.send(
            new sdk.GetObjectCommand({
              Bucket: bucket,
              Key: key,
              ...(isWhole ? {} : { Range: `bytes=${start}-${end === undefined ? "" : end - 1}` }),
              ...(etag === undefined ? {} : { IfMatch: etag }),
            }),
          ),
        );
        body = answer.Body as unknown as typeof body;
        bytes = answer.ContentLength;
        if (answer.ETag !== undefined) onEtag?.(answer.ETag);
      } catch (error) {
        // The range begins where the object ends.
        if (statusOf(error) === 416) return;
        throw s3Error(uri, error);
      }
      let got = 0;
      try {
        for await (const chunk of body) {
          got += chunk.length;
          yield chunk;
        }
      } catch (error) {
        throw s3Error(uri, error);
      } finally {
        body.destroy();
      }
      if (bytes !== undefined && got < bytes)
        throw new StatusError("UNAVAILABLE", `${uri}: ${got} of ${bytes} bytes came`);
    },

    put: (bucket: string, key: string, bytes: Uint8Array): Promise<void> =>
      attempt(s3Uri(bucket, key), async (send) => {
        const md5 = createHash("md5").update(bytes).digest("base64");
        await send((client) =>
          client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: bytes, ContentMD5: md5 })),
        );
      }),

    async putParts(bucket: string, key: string): Promise<PartUpload> {
      const uri = s3Uri(bucket, key);
      const { UploadId } = await attempt(uri, (send) =>
        send((client) => client.send(new sdk.CreateMultipartUploadCommand({ Bucket: bucket, Key: key }))),
      );
      const upload = { Bucket: bucket, Key: key, UploadId };
      const parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
      let total = 0;
      return {
        part: (number, bytes) =>
          attempt(uri, async (send) => {
            const md5 = createHash("md5").update(bytes).digest("base64");
            const { ETag } = await send((client) =>
              client.send(new sdk.UploadPartCommand({ ...upload, PartNumber: number, Body: bytes, ContentMD5: md5 })),
            );
            parts[number - 1] = { PartNumber: number, ETag };
            total += bytes.length;
          }),
        complete: () =>
          attempt(uri, async (send) => {
            try {
              await send((client) =>
                client.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts: parts } })),
              );
            } catch (error) {
              // An earlier attempt was carried out and only its answer lost.
              const there = statusOf(error) === 404 ? await head(bucket, key) : undefined;
              if (there?.bytes !== total || !there.etag.includes(`-${parts.length}`)) throw error;
            }
          }),
        abort: () =>
          attempt(uri, async (send) => {
            await send((client) => client.send(new sdk.AbortMultipartUploadCommand(upload)));
          }),
      };
    },

    copy: (bucket: string, from: string, to: string): Promise<void> =>
      attempt(s3Uri(bucket, to), async (send) => {
        const source = `${bucket}/${from.split("/").map(encodeURIComponent).join("/")}`;
        await send((client) => client.send(new sdk.CopyObjectCommand({ Bucket: bucket, Key: to, CopySource: source })));
      }),

    delete: (bucket: string, key: string): Promise<void> =>
      attempt(s3Uri(bucket, key), async (send) => {
        await send((client) => client.send(new sdk.DeleteObjectCommand({ Bucket: bucket, Key: key })));
      }),
  };
}

function s3Uri(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`;
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}

function s3Error(uri: string, error: unknown): StatusError {
  const status = statusOf(error);
  // An answer of success whose body then broke off is a broken connection.
  return storeError({ uri, error, status: status !== undefined && status < 300 ? 503 : status });
}

function infoOf(
  bucket: string,
  key: string,
  size: number | undefined,
  modified: Date | undefined,
  etag = "",
  hasPlainEtag: boolean,
): ObjectInfo {
  // What was uploaded in parts has an etag with a dash, what is in a directory bucket one that is no MD5.
  const md5 = hasPlainEtag && !bucket.endsWith("--x-s3") ? /^"?([0-9a-f]{32})"?$/.exec(etag)?.[1] : undefined;
  const base = { key, bytes: size ?? 0, modified: modified?.getTime() ?? 0, etag };
  return md5 === undefined ? base : { ...base, md5 };
}
