export { consolePages, consolePath } from "./console.js";
export type * from "./console-data.js";
