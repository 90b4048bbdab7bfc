import { invalidArgument } from "../../core/status-error.js";
import type { DataFormat } from "../nn/convolutions.js";

/** Where a layer's channels are: last, the default, or behind the batch; TensorFlow's own spelling is taken too. */
export type ChannelOrder = "channelsLast" | "channelsFirst" | "channels_last" | "channels_first";

/** Whether channels come before the spatial dimensions; INVALID_ARGUMENT with TensorFlow's text for other words. */
export function isFirst(order: ChannelOrder | undefined): boolean {
  const plain = order?.replace("_", "").toLowerCase() ?? "channelslast";
  if (plain !== "channelsfirst" && plain !== "channelslast") {
    throw invalidArgument(
      `The \`data_format\` argument must be one of "channels_first", "channels_last". Received: ${order}`,
    );
  }
  return plain === "channelsfirst";
}

/** The `dataFormat` of ops over so many spatial dimensions; nothing where it is their default. */
export function formatOf(order: ChannelOrder | undefined, spatial: number): { readonly dataFormat?: DataFormat } {
  if (!isFirst(order)) return {};
  return { dataFormat: (["NCW", "NCHW", "NCDHW"] as const)[spatial - 1]! };
}
