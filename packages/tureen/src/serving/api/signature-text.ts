import { toText } from "@bufbuild/protobuf/txtpb";
import { SignatureDefSchema } from "@tureen/protos/gen/tensorflow/core/protobuf/meta_graph_pb";
import type { SignatureInfo } from "../../saved-model/signature.js";
import { signatureToProto } from "../../saved-model/signature-def.js";

/** What C++ protobuf's `DebugString` prints for a signature: error messages of Classify and Regress end in it. */
export function signatureText(info: SignatureInfo): string {
  // C++ prints `inputs {` where protobuf-es prints `inputs: {`.
  return toText(SignatureDefSchema, signatureToProto(info)).replace(/: \{$/gm, " {");
}
