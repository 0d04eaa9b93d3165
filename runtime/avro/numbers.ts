import type { AvroType } from './avro-type.ts';
import { UnreadableBytes } from './byte-reader.ts';

export type NumberType = Extract<AvroType, { readonly kind: 'int' | 'long' | 'float' | 'double' }>;

const kinds: readonly AvroType['kind'][] = ['int', 'long', 'float', 'double'];
export const isNumber = (type: AvroType): type is NumberType => kinds.includes(type.kind);

/** A number as a reader wants it. Throws UnreadableBytes when something of it would be lost. */
export function fitNumber(value: bigint | number, reader: NumberType['kind']): number {
  if (reader === 'float' || reader === 'double') {
    const number = Number(value);
    if (typeof value === 'number' || BigInt(number) === value) return number;
    throw new UnreadableBytes('the number has more digits than can be kept');
  }
  if (typeof value === 'number' && !Number.isInteger(value)) {
    throw new UnreadableBytes('the number is not whole');
  }
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new UnreadableBytes('the number is beyond 2^53, and would not be kept exactly');
  }
  if (reader === 'int' && number !== (number | 0)) {
    throw new UnreadableBytes('the number has more than 32 bits');
  }
  // Minus zero has no place among whole numbers.
  return number + 0;
}
