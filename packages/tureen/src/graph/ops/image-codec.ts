import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { DType } from "../../core/dtype.js";
import { build, type TensorLike } from "../build-op.js";
import type { Tensor } from "../graph.js";

/** How a JPEG image is decoded; `channels` 0 takes the file's own, `ratio` 2, 4 or 8 makes it that much smaller. */
export interface DecodeJpegOptions {
  readonly channels?: number;
  readonly ratio?: number;
  readonly fancyUpscaling?: boolean;
  readonly tryRecoverTruncated?: boolean;
  readonly acceptableFraction?: number;
  /** "INTEGER_FAST" (as "") or "INTEGER_ACCURATE". */
  readonly dctMethod?: string;
  readonly name?: string;
}

/** The same for `checkOptions`. */
const decodeJpegOptionsTable: OptionTable<DecodeJpegOptions> = {
  channels: "optional",
  ratio: "optional",
  fancyUpscaling: "optional",
  tryRecoverTruncated: "optional",
  acceptableFraction: "optional",
  dctMethod: "optional",
  name: "optional",
};

function jpegAttrs(options: DecodeJpegOptions): Record<string, number | boolean | string | undefined> {
  return {
    channels: options.channels,
    ratio: options.ratio,
    fancy_upscaling: options.fancyUpscaling,
    try_recover_truncated: options.tryRecoverTruncated,
    acceptable_fraction: options.acceptableFraction,
    dct_method: options.dctMethod,
  };
}

/** The pixels of a JPEG (or PNG, or still GIF) file as uint8 [height, width, channels]. */
export function decodeJpeg(contents: TensorLike, options: DecodeJpegOptions = {}): Tensor {
  checkOptions("decodeJpeg", options, decodeJpegOptionsTable);
  return build("DecodeJpeg", [contents], jpegAttrs(options), options.name);
}

/** The window [top, left, height, width] of a JPEG file's pixels. */
export function decodeAndCropJpeg(
  contents: TensorLike,
  cropWindow: TensorLike,
  options: DecodeJpegOptions = {},
): Tensor {
  checkOptions("decodeAndCropJpeg", options, decodeJpegOptionsTable);
  return build("DecodeAndCropJpeg", [contents, cropWindow], jpegAttrs(options), options.name);
}

/** Height, width and channels of a JPEG file, from its header alone. */
export function extractJpegShape(
  contents: TensorLike,
  options: { readonly outputType?: DType; readonly name?: string } = {},
): Tensor {
  return build("ExtractJpegShape", [contents], { output_type: options.outputType }, options);
}

/** The pixels of a PNG (or JPEG, or still GIF) file as uint8 or uint16 [height, width, channels]. */
export function decodePng(
  contents: TensorLike,
  options: { readonly channels?: number; readonly dtype?: DType; readonly name?: string } = {},
): Tensor {
  return build("DecodePng", [contents], { channels: options.channels, dtype: options.dtype }, options);
}

/** The pixels of a BMP file as uint8 [height, width, channels]. */
export function decodeBmp(
  contents: TensorLike,
  options: { readonly channels?: number; readonly name?: string } = {},
): Tensor {
  return build("DecodeBmp", [contents], { channels: options.channels }, options);
}

/** The frames of a GIF file as uint8 [frames, height, width, 3]. */
export function decodeGif(contents: TensorLike, options: { readonly name?: string } = {}): Tensor {
  return build("DecodeGif", [contents], {}, options);
}

/** The pixels of a JPEG, PNG, GIF or BMP file as uint8, uint16, or float32 from 0 to 1; a GIF has all frames unless `expandAnimations` is false. */
export function decodeImage(
  contents: TensorLike,
  options: {
    readonly channels?: number;
    readonly dtype?: DType;
    readonly expandAnimations?: boolean;
    readonly name?: string;
  } = {},
): Tensor {
  checkOptions("decodeImage", options, {
    channels: "optional",
    dtype: "optional",
    expandAnimations: "optional",
    name: "optional",
  });
  const { channels, dtype, expandAnimations, name } = options;
  return build("DecodeImage", [contents], { channels, dtype, expand_animations: expandAnimations }, name);
}

/** A JPEG file of uint8 pixels [height, width, 1 or 3], with the quality 95 unless said. */
export function encodeJpeg(
  image: TensorLike,
  options: { readonly quality?: number; readonly chromaDownsampling?: boolean; readonly name?: string } = {},
): Tensor {
  const { quality, chromaDownsampling } = options;
  return build("EncodeJpeg", [image], { quality, chroma_downsampling: chromaDownsampling }, options);
}

/** A PNG file of uint8 or uint16 pixels [..., height, width, 1 to 4]. */
export function encodePng(
  image: TensorLike,
  options: { readonly compression?: number; readonly name?: string } = {},
): Tensor {
  return build("EncodePng", [image], { compression: options.compression }, options);
}
