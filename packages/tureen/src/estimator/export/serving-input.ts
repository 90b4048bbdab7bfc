import type { Features, FeatureTensor } from "../model-fn.js";

/** What a serving input receiver function returns, as the export reads it; makers with TensorFlow's checks are in serving-input-receiver.ts. */
export interface ServingInput {
  /** Features as the model function takes them: by name, or one bare tensor. */
  readonly features: Features | FeatureTensor;
  /** Labels of supervised receivers. */
  readonly labels?: FeatureTensor | Features | undefined;
  /** The placeholders that requests feed, by the name they have in signatures. */
  readonly receiverTensors: Features;
  /** Further sets of placeholders that may be fed instead, each with a name. */
  readonly receiverTensorsAlternatives?: Readonly<Record<string, Features>> | undefined;
}

/** Builds placeholders and features in the current graph; synchronous. */
export type ServingInputReceiverFn = () => ServingInput;
