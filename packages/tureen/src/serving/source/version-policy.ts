import type { FileSystemStoragePathSourceConfig_ServableVersionPolicy } from "@tureen/protos/gen/tensorflow_serving/config/file_system_storage_path_source_pb";

/** Which of the versions on storage are to be served. */
export type VersionPolicy =
  | { readonly kind: "latest"; readonly count: number }
  | { readonly kind: "all" }
  | { readonly kind: "specific"; readonly versions: readonly bigint[] };

/** The default: the one highest version. */
export const latestVersions: VersionPolicy = Object.freeze({ kind: "latest", count: 1 });

/** The policy of a ModelConfig; `latest` counts at least one, as in TensorFlow Serving. */
export function versionPolicyOf(
  message: FileSystemStoragePathSourceConfig_ServableVersionPolicy | undefined,
): VersionPolicy {
  const choice = message?.policyChoice;
  switch (choice?.case) {
    case "all":
      return { kind: "all" };
    case "specific":
      return { kind: "specific", versions: choice.value.versions };
    case "latest":
      return { kind: "latest", count: Math.max(choice.value.numVersions, 1) };
    default:
      return latestVersions;
  }
}
