import { VestnikError } from '../errors.ts';
import { sendTo } from './client.ts';
import { framed } from './patches/request-frames.ts';
import { type BatchOrigin, lengthOf, type PackedBatch, sealBatch } from './record-batch-encoder.ts';
import {
  type RequestFrame,
  resetFrame,
  writeInt16,
  writeInt32,
  writeString,
} from './request-frame.ts';
import {
  createErrorFromCode,
  Decoder,
  type WireBroker,
  type WireDecoder,
  type WireError,
  type WireRequest,
} from './wire.ts';

const produceKey = 0;
/** Version 7 is the newest the package reads the answer of; it allows zstd (KIP-110). */
const produceVersion = 7;
const allReplicas = -1;
const produceTimeoutMs = 30_000;
const tooLargeCodes = new Set([10, 18]);
/** The fields of the request, of a topic and of a partition that are no text and no batch. */
const fieldBytes = 16;
const maxBytesOfChar = 3;

/** A batch, who writes it, and where it goes. A request holds at most one for a partition. */
export type PartitionBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly batch: PackedBatch;
  readonly origin: BatchOrigin;
};

type ProduceResponse = {
  readonly clientSideThrottleTime: number;
  readonly answers: readonly { topic: string; partition: number; errorCode: number }[];
};

function writeRequest(
  frame: RequestFrame,
  transactionalId: string | null,
  batches: readonly PartitionBatch[],
): RequestFrame {
  let size = fieldBytes + (transactionalId?.length ?? 0) * maxBytesOfChar;
  for (const { topic, batch } of batches) {
    size += lengthOf(batch) + topic.length * maxBytesOfChar + fieldBytes;
  }
  resetFrame(frame, size);
  writeString(frame, transactionalId);
  writeInt16(frame, allReplicas);
  writeInt32(frame, produceTimeoutMs);
  const topics = Map.groupBy(batches, ({ topic }) => topic);
  writeInt32(frame, topics.size);
  for (const [topic, partitions] of topics) {
    writeString(frame, topic);
    writeInt32(frame, partitions.length);
    for (const { partition, batch, origin } of partitions) {
      writeInt32(frame, partition);
      writeInt32(frame, lengthOf(batch));
      frame.at = sealBatch(batch, origin, frame.bytes, frame.at);
    }
  }
  return frame;
}

function readAnswer(decoder: WireDecoder, topic: string) {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  decoder.readInt64(); // base offset
  decoder.readInt64(); // log append time
  decoder.readInt64(); // log start offset
  return { topic, partition, errorCode };
}

async function decodeResponse(raw: Buffer): Promise<ProduceResponse> {
  const decoder = new Decoder(raw);
  const answers = decoder.readArray((each) => {
    const topic = each.readString();
    return each.readArray((partition) => readAnswer(partition, topic));
  });
  return { answers: answers.flat(), clientSideThrottleTime: decoder.readInt32() };
}

function check(data: ProduceResponse): void {
  for (const { topic, partition, errorCode } of data.answers) {
    if (errorCode === 0) continue;
    const error: WireError = createErrorFromCode(errorCode);
    if (tooLargeCodes.has(errorCode)) {
      throw new VestnikError('RECORD_TOO_LARGE', `${topic}-${partition}`, { cause: error });
    }
    throw error;
  }
}

/**
 * Writes batches to the broker that leads them, all replicas acknowledging; WireError if not. The
 * frame holds the request until the answer is there; after an error it must not be used again.
 */
export async function produceTo(
  broker: WireBroker,
  frame: RequestFrame,
  transactionalId: string | null,
  batches: readonly PartitionBatch[],
): Promise<void> {
  const request: WireRequest<ProduceResponse> = {
    request: {
      apiKey: produceKey,
      apiVersion: produceVersion,
      apiName: 'Produce',
      encode: async () => framed(writeRequest(frame, transactionalId, batches)),
    },
    response: { decode: decodeResponse, parse: async (data) => data },
    logResponseError: false,
  };
  check(await sendTo(broker, request));
}
