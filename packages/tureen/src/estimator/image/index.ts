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
  extractImagePatches,
  extractImagePatches as extractPatches,
  extractJpegShape,
  hsvToRgb,
  resizeArea,
  resizeBicubic,
  resizeBilinear,
  resizeNearestNeighbor,
  rgbToHsv,
  sampleDistortedBoundingBoxV2 as sampleDistortedBoundingBox,
} from "../../graph/ops/index.js";
export * from "./boxes.js";
export {
  adjustBrightness,
  adjustContrast,
  adjustGamma,
  adjustHue,
  adjustSaturation,
  convertImageDtype,
  grayscaleToRgb,
  perImageStandardization,
  psnr,
  randomBrightness,
  randomContrast,
  randomHue,
  randomSaturation,
  rgbToGrayscale,
  totalVariation,
} from "./color.js";
export * from "./color-spaces.js";
export * from "./edges.js";
export * from "./geometry.js";
export { resizeWithCropOrPad as resizeImageWithCropOrPad, transpose as transposeImage } from "./geometry.js";
export * from "./jpeg-quality.js";
export * from "./structural-similarity.js";
