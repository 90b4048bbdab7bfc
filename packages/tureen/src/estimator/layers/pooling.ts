import { checkOptions, type OptionTable } from "../../core/check-options.js";
import type { Tensor } from "../../graph/graph.js";
import { avgPool1d, avgPool2d, avgPool3d, maxPool1d, maxPool2d, maxPool3d, type Pool } from "../nn/convolutions.js";
import { type ChannelOrder, formatOf } from "./channel-order.js";

/** Options of the pooling layers. */
export interface PoolingOptions {
  /** One number for all spatial dimensions, or one each. */
  readonly poolSize: number | readonly number[];
  readonly strides: number | readonly number[];
  /** Default "valid". */
  readonly padding?: "same" | "valid";
  /** Where the channels are, default last. */
  readonly dataFormat?: ChannelOrder;
  readonly name?: string;
}

const table: OptionTable<PoolingOptions> = {
  poolSize: "required",
  strides: "required",
  padding: "optional",
  dataFormat: "optional",
  name: "optional",
};

/** A pooling layer. */
export type PoolingLayer = (inputs: Tensor, options: PoolingOptions) => Tensor;

function layer(name: string, pool: Pool): PoolingLayer {
  return (inputs, options) => {
    checkOptions(name, options, table);
    return pool(inputs, {
      ksize: options.poolSize,
      strides: options.strides,
      padding: options.padding === "same" ? "SAME" : "VALID",
      name: options.name ?? name,
      ...formatOf(options.dataFormat, Number(name.at(-2))),
    });
  };
}

/** The greatest of each window of [batch, width, channels] (`tf.layers.max_pooling1d`). */
export const maxPooling1d: PoolingLayer = layer("max_pooling1d", maxPool1d);
/** The greatest of each window of [batch, height, width, channels] (`tf.layers.max_pooling2d`). */
export const maxPooling2d: PoolingLayer = layer("max_pooling2d", maxPool2d);
/** The greatest of each window of [batch, depth, height, width, channels] (`tf.layers.max_pooling3d`). */
export const maxPooling3d: PoolingLayer = layer("max_pooling3d", maxPool3d);
/** The mean of each window of [batch, width, channels] (`tf.layers.average_pooling1d`). */
export const averagePooling1d: PoolingLayer = layer("average_pooling1d", avgPool1d);
/** The mean of each window of [batch, height, width, channels] (`tf.layers.average_pooling2d`). */
export const averagePooling2d: PoolingLayer = layer("average_pooling2d", avgPool2d);
/** The mean of each window of [batch, depth, height, width, channels] (`tf.layers.average_pooling3d`). */
export const averagePooling3d: PoolingLayer = layer("average_pooling3d", avgPool3d);
