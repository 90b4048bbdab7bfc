/**
 * Builds every package's `dist` from its sources: what `npm ci` runs.
 *
 * esbuild only translates; types are checked by `npm run types`. The main package is bundled with the messages and the libraries of its
 * servers and split at shared parts, because a server's start is mostly module loading: a few files instead of hundreds.
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
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

const main = join(root, "packages/tureen");

/** The library and its command: one entry a public sub-path (index.ts), one a worker. */
function buildLibrary() {
  const isEntry = (path) => /^([^/]+\/)?index\.ts$|^cli\/tureen\.ts$|-worker\.ts$/.test(path);
  return buildBundles("dist", isEntry);
}

/**
 * The server, apart from the library: what is split for one entry is a few files, for all of the library's it is dozens, and each costs a start
 * most of a millisecond.
 */
function buildServer() {
  const isEntry = (path) => path === "cli/tensorflow_model_server.ts" || path === "saved-model/engine-worker.ts";
  return buildBundles("dist-server", isEntry);
}

async function buildBundles(folder, isEntry) {
  const src = join(main, "src");
  const outdir = join(main, folder);
  rmSync(outdir, { recursive: true, force: true });
  const entryPoints = sources(src).filter((path) => isEntry(relative(src, path)));
  await build({
    ...common,
    entryPoints,
    outdir,
    outbase: src,
    bundle: true,
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
    metafile: true,
    write: false,
    plugins: [
      {
        name: "inside-and-outside",
        setup({ onResolve, onLoad }) {
          // Required, not imported: an import reads all that the module exports, and its WebSocket brings Node's HTTP client, 10 ms of a start.
          onResolve({ filter: /^node:http$/ }, ({ path, kind }) =>
            kind === "require-call" ? { path, external: true } : { path, namespace: "required" },
          );
          onLoad({ filter: /./, namespace: "required" }, ({ path }) => ({
            contents: `module.exports = require(${JSON.stringify(path)});`,
          }));
          onResolve({ filter: /^[^./]/ }, ({ path }) => (bundled.test(path) ? undefined : { path, external: true }));
        },
      },
    ],
  }).then(({ outputFiles, metafile }) => {
    for (const { path, text, contents } of outputFiles) {
      mkdirSync(dirname(path), { recursive: true });
      // CommonJS libraries ask for Node's modules by `require`, which modules do not have.
      const asksByRequire = path.endsWith(".js") && text.includes('typeof require !== "undefined" ? require');
      // On the first line, so that the source map holds.
      writeFileSync(path, asksByRequire ? requireOfModules + text : contents);
    }
    writeFileSync(join(outdir, "LICENSES.txt"), licencesOf(metafile));
  });
}

/**
 * What comes into the bundle: the workspace's own packages, and the libraries that every server loads before it can answer, each of which is
 * a hundred small files (they make a third of the time to a first answer). All other libraries stay outside, where npm keeps them.
 */
const bundled = /^@(tureen|bufbuild|grpc\/grpc-js|js-sdsl)(\/|$)/;

const requireOfModules =
  'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url); ';

/** The package whose file a path is, by its innermost node_modules; empty for the workspace's files. */
function packageOf(path) {
  return /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "";
}

/** The licences of the libraries in a bundle, which their authors ask to go with copies. */
function licencesOf({ outputs }) {
  const packages = new Map();
  for (const { inputs } of Object.values(outputs)) {
    for (const input of Object.keys(inputs)) {
      const folder = /.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
      if (folder !== undefined) packages.set(packageOf(input), join(root, folder));
    }
  }
  return [...packages]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, folder]) => {
      const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
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
await Promise.all([buildModules("protos"), buildModules("client"), buildLibrary().then(buildPage), buildServer()]);
console.log(`built in ${((performance.now() - began) / 1000).toFixed(1)} s`);
