/**
 * Builds every package's `dist` from its sources: what `npm ci` runs.
 *
 * esbuild only translates; types are checked by `npm run types`. The main package is bundled with the messages it uses and split at shared
 * parts, because a server's start is mostly module loading: one file instead of hundreds.
 */
import { copyFileSync, readdirSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { build } from "esbuild";

const root = join(import.meta.dirname, "..");

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "fixtures" ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.ts$|\.d\.ts$/.test(entry.name) ? [path] : [];
  });
}

const common = {
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: true,
  logLevel: "warning",
  conditions: ["@tureen/source"],
};

async function buildModules(name) {
  const folder = join(root, "packages", name);
  const outdir = join(folder, "dist");
  rmSync(outdir, { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: sources(join(folder, "src")),
    outdir,
    outbase: join(folder, "src"),
    bundle: false,
  });
}

async function buildBundles(name) {
  const folder = join(root, "packages", name);
  const src = join(folder, "src");
  const outdir = join(folder, "dist");
  rmSync(outdir, { recursive: true, force: true });
  // One entry a public sub-path (index.ts), one a command, one a worker.
  const entryPoints = sources(src).filter((path) => {
    const inside = relative(src, path);
    return (
      inside === "index.ts" ||
      /^[^/]+\/index\.ts$/.test(inside) ||
      /^cli\/(tureen|tensorflow_model_server)\.ts$/.test(inside) ||
      /-worker\.ts$/.test(inside)
    );
  });
  await build({
    ...common,
    entryPoints,
    outdir,
    outbase: src,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    // What npm installs stays outside; the workspace's own messages come in.
    plugins: [
      {
        name: "workspace-inside",
        setup({ onResolve }) {
          onResolve({ filter: /^[^./]/ }, ({ path }) =>
            path.startsWith("@tureen/") ? undefined : { path, external: true },
          );
        },
      },
    ],
  });
}

/** The console's page: one script and one style sheet for the browser. */
async function buildPage() {
  const page = join(root, "packages/tureen/src/console/page");
  const outdir = join(root, "packages/tureen/dist/console/page");
  await build({
    entryPoints: { page: join(page, "main.tsx") },
    outdir,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    logLevel: "warning",
    tsconfig: join(page, "tsconfig.json"),
  });
  copyFileSync(join(page, "index.html"), join(outdir, "index.html"));
}

const began = performance.now();
await Promise.all([buildModules("protos"), buildModules("client"), buildBundles("tureen").then(buildPage)]);
console.log(`built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
