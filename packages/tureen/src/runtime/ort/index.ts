export { nativeBinding } from "./native-binding.js";
export { hostOnly, ortPartitioner, type OrtPartitionerOptions } from "./ort-partitioner.js";
export type { SegmentEvent } from "./segment.js";
