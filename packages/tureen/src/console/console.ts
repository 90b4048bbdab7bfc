import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { packageVersion } from "../core/package-version.js";
import { encodeText } from "../core/text.js";
import type { ExtraPages, Page, PageSources } from "../serving/rest/extra-pages.js";
import type { ConsoleData } from "./console-data.js";
import { HistoryKeeper } from "./history.js";
import { modelOverview } from "./overview.js";

/** The page's address; its data and parts are below. */
export const consolePath = "/console";

/** The page loads nothing from elsewhere and stands in no other page's frame. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'";

/** Parts of the page as the build leaves them beside the compiled commands. */
const parts: Readonly<Record<string, { readonly file: string; readonly type: string }>> = {
  [consolePath]: { file: "index.html", type: "text/html; charset=utf-8" },
  [`${consolePath}/page.js`]: { file: "page.js", type: "text/javascript; charset=utf-8" },
  [`${consolePath}/page.css`]: { file: "page.css", type: "text/css; charset=utf-8" },
};

/** The page as the build leaves it: src/console and the build's chunks lie equally deep in the package. */
const builtPage: string = fileURLToPath(new URL("../../dist/console/page", import.meta.url));

/**
 * The console: one web page that shows a server's models, versions, signatures and how they do, and tries predictions.
 *
 *     await startModelServer({ models, pages: consolePages() });
 *
 * The page itself tells nothing; its data are for callers that the access file knows, where there is one. `folder` holds the built page.
 */
export function consolePages(folder: string = builtPage): (sources: PageSources) => ExtraPages {
  const version = packageVersion();
  return ({ core, metrics, loaded }) => {
    const startedAt = Date.now();
    const history = new HistoryKeeper(metrics, () => core.list().map(({ name }) => name));
    const data = (): ConsoleData => ({
      version,
      startedAt,
      models: modelOverview(core, loaded()),
      history: history.read(),
    });
    return {
      home: consolePath,
      page: (path) => {
        if (path === `${consolePath}/data`) return jsonPage(data());
        const part = parts[path.replace(/\/$/, "")];
        return part === undefined ? undefined : partPage(folder, part);
      },
      close: () => history.close(),
    };
  };
}

function jsonPage(value: unknown): Page {
  return {
    type: "application/json",
    body: encodeText(JSON.stringify(value)),
    headers: { "Cache-Control": "no-store" },
    needsCaller: true,
  };
}

function partPage(folder: string, { file, type }: { readonly file: string; readonly type: string }): Page {
  return {
    type,
    body: readFileSync(`${folder}/${file}`),
    headers: { "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache" },
    needsCaller: false,
  };
}
