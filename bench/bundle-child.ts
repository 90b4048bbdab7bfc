import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

/**
 * Bundles a script of this folder with the sources of the packages, and gives the path of the result.
 *
 * A process that is timed from its start must not load a TypeScript loader and hundreds of files: a bundle is what users of the built packages load.
 */
export async function bundleChild(name: string): Promise<string> {
  // Below node_modules, so that what stays outside of the bundle is found; in a `dist` with the worker of the input, as the built package has it.
  const folder = join(import.meta.dirname, "../node_modules/.cache/tureen-bench/dist");
  mkdirSync(folder, { recursive: true });
  const outfile = join(folder, `${name}.mjs`);
  const worker = "estimator/ahead/ahead-worker";
  await bundle(join(import.meta.dirname, `../packages/tureen/src/${worker}.ts`), join(folder, `${worker}.js`));
  await bundle(join(import.meta.dirname, `${name}.ts`), outfile);
  return outfile;
}

function bundle(entry: string, outfile: string): Promise<unknown> {
  return build({
    entryPoints: [entry],
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
}
