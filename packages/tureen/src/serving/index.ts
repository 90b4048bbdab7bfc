export { readTextProto } from "./config/read-text-proto.js";
export { logLibrary } from "./grpc/library-log.js";
export { type Log, lineLog, silentLog, stderrLog } from "./log.js";
export { type ModelServer, startModelServer } from "./model-server.js";
export type { ModelServerOptions, ServedModel } from "./model-server-options.js";
export { latestVersions, type VersionPolicy } from "./source/version-policy.js";
