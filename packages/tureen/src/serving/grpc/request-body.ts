import { ReusedMemory } from "../../core/reused-memory.js";
import { StatusError } from "../../core/status-error.js";
import { framePrefixBytes } from "./frame.js";

/** A body above this is put together in memory that is used again. */
const reusedFrom = 8 * 1024;
/** No more is taken at once for what a client only announces: about the size of large pictures. */
const largestReused = 8 * 1024 * 1024;
/** What is kept for bodies to come. */
const memory = new ReusedMemory(32 * 1024 * 1024);

/** A unary call's body as it comes in: one message in its frame. */
export class RequestBody {
  /** Whether all of it is there. */
  isComplete = false;
  private readonly maxBytes: number;
  private first: Buffer | undefined;
  private whole: Buffer | undefined;
  private chunks: Buffer[] | undefined;
  private size = 0;

  /** `maxBytes` limits the message; negative for no limit. */
  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Takes a part. RESOURCE_EXHAUSTED where the message is larger than allowed. */
  add(chunk: Buffer): void {
    this.size += chunk.length;
    if (this.maxBytes >= 0 && this.size - framePrefixBytes > this.maxBytes) {
      throw tooLarge(this.size - framePrefixBytes, this.maxBytes);
    }
    if (this.first === undefined) {
      this.first = chunk;
      const announced = chunk.length >= framePrefixBytes ? chunk.readUInt32BE(1) + framePrefixBytes : 0;
      if (this.maxBytes >= 0 && announced - framePrefixBytes > this.maxBytes) {
        throw tooLarge(announced - framePrefixBytes, this.maxBytes);
      }
      // No more than the client may be believed to send: what it announces costs it nothing.
      if (announced > chunk.length && announced >= reusedFrom && announced <= largestReused) {
        this.whole = Buffer.from(memory.take(announced));
        chunk.copy(this.whole);
      }
      return;
    }
    const { whole } = this;
    if (whole === undefined) {
      this.chunks ??= [this.first];
      this.chunks.push(chunk);
    } else if (this.size <= whole.length) {
      chunk.copy(whole, this.size - chunk.length);
    }
  }

  /** The message, still packed, and whether it is. INTERNAL where the body is not one whole frame. */
  complete(): { readonly message: Uint8Array; readonly isPacked: boolean } {
    this.isComplete = true;
    const { first, whole, chunks, size } = this;
    if (first !== undefined && size >= framePrefixBytes) {
      const body = whole ?? (chunks === undefined ? first : Buffer.concat(chunks));
      if (body.readUInt32BE(1) === size - framePrefixBytes) {
        return { message: body.subarray(framePrefixBytes, size), isPacked: body[0] !== 0 };
      }
    }
    throw new StatusError("INTERNAL", "The call's body is not one whole message");
  }

  /** Gives the memory of the message back: nobody may look at it from now on. */
  release(): void {
    const { whole } = this;
    this.whole = undefined;
    if (whole !== undefined && this.isComplete) memory.give(whole.buffer as ArrayBuffer);
  }
}

function tooLarge(size: number, limit: number): StatusError {
  return new StatusError("RESOURCE_EXHAUSTED", `Received message larger than max (${size} vs. ${limit})`);
}
