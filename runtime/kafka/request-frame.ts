/**
 * A request's bytes with room in front, where the head is written when its number is known. So
 * megabytes of records are copied once, into the memory that the socket sends from.
 */
export type RequestFrame = {
  bytes: Buffer;
  /** Where the request's own fields begin. */
  readonly start: number;
  /** Behind the last byte written. */
  at: number;
};

/** Length, two numbers of the API, a correlation id and the client's name with its length. */
const fixedHeadBytes = 14;
/** Room for the longest name that `config.ts` makes of an app id and a role. */
const headRoomBytes = 512;
const firstBytes = 16 * 1024;
/** What is larger is not kept for the next request: such a one is rare. */
const maxKeptBytes = 8 * 1024 * 1024;

/** An empty frame. */
export function createFrame(): RequestFrame {
  return { bytes: Buffer.allocUnsafeSlow(firstBytes), start: headRoomBytes, at: headRoomBytes };
}

/** Empties a frame and makes room for so many bytes. The frame must not be on its way any more. */
export function resetFrame(frame: RequestFrame, length: number): void {
  const needed = headRoomBytes + length;
  const tooLarge = frame.bytes.length > maxKeptBytes && needed <= maxKeptBytes;
  if (needed > frame.bytes.length || tooLarge) {
    frame.bytes = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(needed)));
  }
  frame.at = frame.start;
}

export function writeInt16(frame: RequestFrame, value: number): void {
  frame.at = frame.bytes.writeInt16BE(value, frame.at);
}

export function writeInt32(frame: RequestFrame, value: number): void {
  frame.at = frame.bytes.writeInt32BE(value, frame.at);
}

/** A string behind its length in two bytes; null has the length -1. */
export function writeString(frame: RequestFrame, text: string | null): void {
  if (text === null) {
    writeInt16(frame, -1);
    return;
  }
  const length = frame.bytes.write(text, frame.at + 2);
  writeInt16(frame, length);
  frame.at += length;
}

/** Writes the head of protocol version 1 before the fields; answers all that is to be sent. */
export function closeFrame(
  frame: RequestFrame,
  head: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly correlationId: number;
    readonly clientId: string;
  },
): Buffer {
  const name = Buffer.from(head.clientId);
  const from = frame.start - fixedHeadBytes - name.length;
  if (from < 0) throw new RangeError(`the client id has ${name.length} bytes, at most 498 fit`);
  const { bytes } = frame;
  let at = bytes.writeInt32BE(frame.at - from - 4, from);
  at = bytes.writeInt16BE(head.apiKey, at);
  at = bytes.writeInt16BE(head.apiVersion, at);
  at = bytes.writeInt32BE(head.correlationId, at);
  at = bytes.writeInt16BE(name.length, at);
  name.copy(bytes, at);
  return bytes.subarray(from, frame.at);
}
