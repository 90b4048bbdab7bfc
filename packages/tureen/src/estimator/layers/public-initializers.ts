/** `tf.initializers`: TensorFlow's names, with `Initializer` at their end as `tf.zeros_initializer` has it, and without as in `tf.initializers`. */
export * from "./initializers.js";
export {
  constantInitializer as constant,
  glorotNormalInitializer as glorotNormal,
  glorotUniformInitializer as glorotUniform,
  heNormalInitializer as heNormal,
  heUniformInitializer as heUniform,
  identityInitializer as identity,
  lecunNormalInitializer as lecunNormal,
  lecunUniformInitializer as lecunUniform,
  onesInitializer as ones,
  orthogonalInitializer as orthogonal,
  randomNormalInitializer as randomNormal,
  randomUniformInitializer as randomUniform,
  truncatedNormalInitializer as truncatedNormal,
  varianceScalingInitializer as varianceScaling,
  zerosInitializer as zeros,
} from "./initializers.js";
