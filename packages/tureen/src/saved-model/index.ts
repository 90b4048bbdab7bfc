export { loadSavedModel } from "./load.js";
export { findMetaGraph, isSavedModel, readSavedModel, savedModelFiles } from "./read.js";
export { type ModelScan, type ScanFinding, scanSavedModel } from "./scan.js";
export type {
  LoadedSavedModel,
  LoadOptions,
  LoadSavedModel,
  RunOptions,
  ServableModel,
  SignatureInfo,
  TensorInfo,
} from "./signature.js";
export { defaultSignatureKey, methodNames, signatureFromProto, signatureToProto } from "./signature-def.js";
export type { SignatureFunction, SignatureValue } from "./signature-function.js";
