/** Blocks are at least so wide: narrower ones show patterns. */
const narrowestBlock = 16;
/** The constant sequence and the constant of Simon's key schedule (Beaulieu et al., "The Simon and Speck families", 2013). */
const sequence = 0x7369f885192c0ef5n;
const constant = 0xfffffffcn;

function rotateRight(x: bigint, by: bigint, width: bigint, mask: bigint): bigint {
  return ((x >> by) | (x << (width - by))) & mask;
}

function rotateLeft(x: bigint, by: bigint, width: bigint, mask: bigint): bigint {
  return ((x << by) | (x >> (width - by))) & mask;
}

/**
 * Where an index of [0, largest] goes in a pseudo-random permutation: Simon, a Feistel cipher, with words of any width, walked until it
 * lands within the range (Black and Rogaway, "Ciphers with arbitrary finite domains", 2002).
 */
export function shuffledIndex(index: bigint, seed: readonly number[], largest: bigint, rounds: number): bigint {
  if (largest === 0n) return 0n;
  const bits = Math.ceil(Math.log2(Number(largest)));
  const block = Math.min(64, Math.max(bits + (bits % 2), narrowestBlock));
  const width = BigInt(block / 2);
  const mask = (1n << width) - 1n;
  const keys = seed.map((word) => BigInt(word) & mask);
  let z = sequence & mask;
  for (let i = 3; i < rounds; i++) {
    const last = keys[i - 1]!;
    const turned = rotateRight(last, 3n, width, mask) ^ rotateRight(last, 4n, width, mask);
    keys.push(((constant & mask) ^ (z & 1n) ^ keys[i - 3]! ^ turned) & mask);
    z >>= 1n;
  }
  const mix = (x: bigint): bigint =>
    (rotateLeft(x, 1n, width, mask) & rotateLeft(x, 8n, width, mask)) ^ rotateLeft(x, 2n, width, mask);
  let value = index;
  do {
    let left = (value >> width) & mask;
    let right = value & mask;
    for (let i = 0; i < keys.length; i += 2) {
      left ^= mix(right) ^ keys[i]!;
      right ^= mix(left) ^ keys[i + 1]!;
    }
    value = (left << width) | right;
  } while (value > largest);
  return value;
}
