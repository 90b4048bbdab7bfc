import { createRequire } from "node:module";

/** The package's version. */
export function packageVersion(): string {
  // The folders of src and those of dist lie equally deep in the package.
  const manifest = createRequire(import.meta.url)("../../package.json") as { readonly version: string };
  return manifest.version;
}
