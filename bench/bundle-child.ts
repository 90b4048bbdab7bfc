import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * Bundles a script of this folder with the sources of the packages, and gives the path of the result.
 *
 * A process that is timed from its start must not load a TypeScript loader and hundreds of files: a bundle is what users of the built packages load.
 */
export async function bundleChild(name: string): Promise<string> {
  // Below node_modules, so that what stays outside of the bundle is found.
  const folder = join(import.meta.dirname, "../node_modules/.cache/tureen-bench");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    logLevel: "warning",
    conditions: ["@tureen/source"],
    plugins: [
      {
        name: "packages-outside",
        setup({ onResolve }) {
          onResolve({ filter: /^[^./]/ }, ({ path }) =>
            path.startsWith("@tureen/") || path.startsWith("tureen") ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
  return outfile;
}
