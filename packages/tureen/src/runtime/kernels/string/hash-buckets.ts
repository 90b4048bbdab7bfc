import { elementCount } from "../../../core/shape.js";
import { invalidArgument } from "../../../core/status-error.js";
import { codesOf, type StringCodes, WordNumbers } from "../../../core/string-codes.js";
import { type TensorValue, tensorValue } from "../../../core/tensor-value.js";
import type { KernelFactory, KernelTable } from "../../kernel.js";
import type { Hash64 } from "./farm-hash.js";
import { rememberedFingerprint64 } from "./fingerprint-memo.js";
import { murmurHash64 } from "./murmur-hash.js";
import { type SipKey, sipHash } from "./sip-hash.js";
import { remainder64 } from "./word64.js";

type HashFunction = (bytes: Uint8Array, out: Hash64) => void;

/** Every string's hash modulo a number of buckets, an int64 as large as the input. */
function bucketsOf(strings: TensorValue, hash: HashFunction, buckets: bigint): TensorValue<"int64"> {
  const count = elementCount(strings.shape);
  const data = strings.data as readonly Uint8Array[];
  const words = new Int32Array(count * 2);
  const result = new BigInt64Array(words.buffer);
  const out: Hash64 = { low: 0, high: 0 };
  const divisor = Number(buckets);
  const exact = Number.isSafeInteger(divisor);
  for (let i = 0; i < count; i++) {
    hash(data[i]!, out);
    if (exact) {
      const bucket = remainder64(out.low, out.high, divisor);
      words[i * 2] = bucket;
      words[i * 2 + 1] = Math.floor(bucket / 4294967296);
    } else result[i] = ((BigInt(out.high >>> 0) << 32n) | BigInt(out.low >>> 0)) % buckets;
  }
  return tensorValue("int64", strings.shape, result);
}

function hashOp(hash: HashFunction): KernelFactory {
  return ({ attrs }) => {
    const buckets = attrs.bigint("num_buckets");
    const known = new WordNumbers();
    return ([input]) => {
      const codes = buckets < mostRemembered ? codesOf(input!.data as readonly Uint8Array[]) : undefined;
      return [
        codes === undefined ? bucketsOf(input!, hash, buckets) : bucketsOfWords(input!, codes, known, hash, buckets),
      ];
    };
  };
}

/** Buckets from here on are no exact numbers. */
const mostRemembered = 1n << 31n;

/** `bucketsOf` of strings that are words of a dictionary: each is hashed once. */
function bucketsOfWords(
  { shape }: TensorValue,
  { dictionary, codes }: StringCodes,
  known: WordNumbers,
  hash: HashFunction,
  buckets: bigint,
): TensorValue<"int64"> {
  const numbers = known.of(dictionary);
  const out: Hash64 = { low: 0, high: 0 };
  const words = new Int32Array(codes.length * 2);
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i]!;
    let bucket = numbers[code]!;
    if (Number.isNaN(bucket)) {
      hash(dictionary.words[code]!, out);
      bucket = remainder64(out.low, out.high, Number(buckets));
      numbers[code] = bucket;
    }
    words[i * 2] = bucket;
  }
  return tensorValue("int64", shape, new BigInt64Array(words.buffer));
}

/** The halves of SipHash's key from the attribute's two integers. */
export function sipKey(parts: readonly bigint[]): SipKey {
  const half = (part: bigint, shift: bigint): number => Number(BigInt.asIntN(32, part >> shift));
  const [first, second] = parts as readonly [bigint, bigint];
  return [half(first, 0n), half(first, 32n), half(second, 0n), half(second, 32n)];
}

/** StringToHashBucket, StringToHashBucketFast, StringToHashBucketStrong. */
export const hashBucketKernels: KernelTable = {
  StringToHashBucket: hashOp(murmurHash64),
  StringToHashBucketFast: hashOp(rememberedFingerprint64),
  StringToHashBucketStrong: (node) => {
    const attr = node.attrs.map.get("key");
    const parts = attr?.kind === "list" ? (attr.value as readonly bigint[]) : [];
    if (parts.length !== 2) throw invalidArgument("Key must have 2 elements");
    const key = sipKey(parts);
    return hashOp((bytes, out) => sipHash(key, bytes, out))(node);
  },
};
