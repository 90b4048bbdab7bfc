import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { fromText } from "@bufbuild/protobuf/txtpb";
import { readWholeFile } from "../../core/file-system.js";
import { invalidArgument } from "../../core/status-error.js";
import { decodeText } from "../../core/text.js";
import type { Log } from "../log.js";

/**
 * Reads a file in protobuf's text format.
 *
 * A file that cannot be read is what the file system says of it (NOT_FOUND …); one that does not parse is INVALID_ARGUMENT
 * `Invalid protobuf file: '<path>'`, after a log line `Error parsing text-format <message type>: <line>:<column>: …` as protobuf's own
 * parser prints (TensorFlow Serving: util/proto_util.h).
 */
export function readTextProto<Desc extends DescMessage>(schema: Desc, path: string, log: Log): MessageShape<Desc> {
  const text = decodeText(readWholeFile(path));
  try {
    return fromText(schema, text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log.error("config", `Error parsing text-format ${schema.typeName}: ${message}`);
    throw invalidArgument(`Invalid protobuf file: '${path}'`);
  }
}
