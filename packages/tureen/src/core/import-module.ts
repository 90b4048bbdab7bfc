import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { failedPrecondition, invalidArgument, notFound } from "./status-error.js";

/**
 * The exports of a module of a user's: JavaScript as it is, TypeScript through tsx.
 *
 * tsx is taken from where the module lies, or else from where this package does. NOT_FOUND for a file that is not there, FAILED_PRECONDITION for
 * TypeScript without tsx, INVALID_ARGUMENT for another kind of file; what the module throws comes through.
 */
export async function importModule(url: string): Promise<Readonly<Record<string, unknown>>> {
  if (url.startsWith("file:") && !existsSync(fileURLToPath(url))) {
    throw notFound(`${fileURLToPath(url)}; No such file or directory`);
  }
  if (/\.[cm]?tsx?$/.test(url)) await translateTypeScript(url);
  else if (!/\.[cm]?js$/.test(url))
    throw invalidArgument(`${url} is no JavaScript or TypeScript module: .js, .mjs, .cjs, .ts or .mts`);
  return (await import(url)) as Readonly<Record<string, unknown>>;
}

let translated = false;

/** What `tsx/esm/api` stands for where it is imported: a look-up by path finds the one for `require`. */
const apiOfTsx = "./dist/esm/api/index.mjs";

async function translateTypeScript(url: string): Promise<void> {
  if (translated) return;
  for (const from of [url, import.meta.url]) {
    let folder: string;
    try {
      folder = createRequire(from).resolve("tsx/package.json");
    } catch {
      // Not installed there; the other place may have it.
      continue;
    }
    const { register } = (await import(new URL(apiOfTsx, pathToFileURL(folder)).href)) as {
      readonly register: () => unknown;
    };
    register();
    translated = true;
    return;
  }
  throw failedPrecondition(`${url} is TypeScript, which needs tsx: npm install --save-dev tsx, or give a .js file`);
}
