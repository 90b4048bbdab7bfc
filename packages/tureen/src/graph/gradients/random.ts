import type { GradientTable } from "../gradient.js";

/** Gradients of the random family: samples do not depend on their parameters in a way that TensorFlow differentiates. */
export const randomGradients: GradientTable = {
  RandomUniform: null,
  RandomStandardNormal: null,
  TruncatedNormal: null,
  RandomUniformInt: null,
  ParameterizedTruncatedNormal: null,
  RandomShuffle: null,
  Multinomial: null,
  StatelessMultinomial: null,
  StatelessRandomUniform: null,
  StatelessRandomNormal: null,
  StatelessTruncatedNormal: null,
  StatelessRandomUniformInt: null,
  StatelessRandomUniformFullInt: null,
  StatelessRandomUniformV2: null,
  StatelessRandomNormalV2: null,
  StatelessTruncatedNormalV2: null,
  StatelessRandomUniformIntV2: null,
  StatelessRandomUniformFullIntV2: null,
  StatelessRandomGetKeyCounter: null,
  StatelessRandomGetAlg: null,
  StatelessRandomGetKeyCounterAlg: null,
};
