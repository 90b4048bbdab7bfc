import { type TensorValue, tensorValue } from "../../core/tensor-value.js";

/** Twice the number, and its text. */
export function map(element: TensorValue): { readonly twice: TensorValue; readonly text: string } {
  const value = Number((element.data as BigInt64Array)[0]);
  return { twice: tensorValue("float64", [], Float64Array.of(2 * value)), text: `n${value}` };
}

/** Fails for 3. */
export async function failing(element: TensorValue): Promise<TensorValue> {
  if ((element.data as BigInt64Array)[0] === 3n) throw new RangeError("three is too many");
  return element;
}
