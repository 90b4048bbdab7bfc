/**
 * The low level of reading `tensorflow.Example` bytes: varints and skipped fields, as protobuf's CodedInputStream reads them.
 *
 * A reader of variable-length things has two results. `WirePosition` carries the second, so that none of them allocates.
 */
export class WirePosition {
  /** Where the thing just read ends. */
  next = 0;

  /**
   * A varint's low 32 bits, unsigned; -1 where it is cut off or longer than ten bytes.
   *
   * CodedInputStream::ReadVarint32 drops the upper bits of longer ones likewise.
   */
  varint32(bytes: Uint8Array, start: number, end: number): number {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      const at = start + i;
      if (at >= end) return -1;
      const byte = bytes[at]!;
      if (i < 5) value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        this.next = at + 1;
        return value >>> 0;
      }
    }
    return -1;
  }

  /** Skips one field, tag included; false where it is cut off or a group. Fields that run over the end are cut there, as TensorFlow does. */
  skipField(bytes: Uint8Array, start: number, end: number): boolean {
    const tag = this.varint32(bytes, start, end);
    if (tag < 0) return false;
    switch (tag & 7) {
      case 0:
        return this.varint32(bytes, this.next, end) >= 0;
      case 1:
        this.next += 8;
        return this.next <= end;
      case 2: {
        const length = this.varint32(bytes, this.next, end);
        if (length < 0) return false;
        this.next = Math.min(end, this.next + length);
        return true;
      }
      case 5:
        this.next += 4;
        return this.next <= end;
      default:
        return false;
    }
  }
}

/** The tag of a length-delimited field 1: an Example's features, a map entry's key, a packed list, a BytesList's values. */
export const fieldOne = 0x0a;
/** The tag of a length-delimited field 2: a map entry's value, a Feature's float_list. */
export const fieldTwo = 0x12;
/** The tag of a length-delimited field 3: a Feature's int64_list. */
export const fieldThree = 0x1a;
/** The tag of an unpacked float. */
export const unpackedFloat = 0x0d;
/** The tag of an unpacked integer. */
export const unpackedInteger = 0x08;
