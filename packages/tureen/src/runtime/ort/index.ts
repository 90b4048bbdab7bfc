export { nativeBinding } from "./native-binding.js";
export { hostOnly, type OrtPartitionerOptions, ortPartitioner } from "./ort-partitioner.js";
export type { SegmentEvent } from "./segment.js";
