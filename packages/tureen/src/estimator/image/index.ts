export {
  combinedNonMaxSuppression,
  cropAndResize,
  decodeAndCropJpeg,
  decodeBmp,
  decodeGif,
  decodeImage,
  decodeJpeg,
  decodePng,
  drawBoundingBoxesV2 as drawBoundingBoxes,
  encodeJpeg,
  encodePng,
  extractGlimpse,
  extractImagePatches as extractPatches,
  extractJpegShape,
  hsvToRgb,
  nonMaxSuppressionV3 as nonMaxSuppression,
  rgbToHsv,
  sampleDistortedBoundingBoxV2 as sampleDistortedBoundingBox,
} from "../../graph/ops/index.js";
export * from "./color.js";
export * from "./geometry.js";
