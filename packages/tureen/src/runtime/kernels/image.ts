import type { KernelTable } from "../kernel.js";
import { imageBoxKernels } from "./image-boxes.js";
import { imageCodecKernels } from "./image-codec.js";
import { imageColorKernels } from "./image-color.js";
import { imageCropKernels } from "./image-crop.js";
import { imageGeometryKernels } from "./image-geometry.js";
import { imageResizeKernels } from "./image-resize.js";
import { imageSuppressKernels } from "./image-suppress.js";
import { imageVolumeKernels } from "./image-volume.js";

/** Host kernels of the image family. */
export const imageKernels: KernelTable = {
  ...imageBoxKernels,
  ...imageCodecKernels,
  ...imageResizeKernels,
  ...imageCropKernels,
  ...imageColorKernels,
  ...imageGeometryKernels,
  ...imageSuppressKernels,
  ...imageVolumeKernels,
};
