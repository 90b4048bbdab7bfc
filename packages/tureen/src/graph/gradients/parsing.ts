import type { GradientTable } from "../gradient.js";

/** Gradients of the parsing family: bytes have none. */
export const parsingGradients: GradientTable = {
  ParseExample: null,
  ParseExampleV2: null,
  ParseSingleExample: null,
  ParseSequenceExample: null,
  ParseSequenceExampleV2: null,
  ParseSingleSequenceExample: null,
  DecodeCSV: null,
  DecodeRaw: null,
  DecodePaddedRaw: null,
  DecodeJSONExample: null,
  ParseTensor: null,
  SerializeTensor: null,
  DecodeCompressed: null,
};
