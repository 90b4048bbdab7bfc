import { invalidArgument } from "../../../core/status-error.js";

/** The momentum, if it is in [0, 1]; INVALID_ARGUMENT with Keras's text otherwise. */
export function checkMomentum(momentum: number): number {
  if (momentum < 0 || momentum > 1) {
    throw invalidArgument(
      `\`momentum\` must be between [0, 1]. Received: momentum=${momentum} (of type <class 'float'>).`,
    );
  }
  return momentum;
}
