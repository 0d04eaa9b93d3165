import { VestnikError } from '../errors.ts';
import { sendTo } from './client.ts';
import {
  createErrorFromCode,
  Decoder,
  Encoder,
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
const fixedBytes = 16;

/** One encoded batch and where it goes. A request holds at most one batch for a partition. */
export type PartitionBatch = {
  readonly topic: string;
  readonly partition: number;
  readonly batch: Buffer;
};

type ProduceResponse = {
  readonly clientSideThrottleTime: number;
  readonly answers: readonly { topic: string; partition: number; errorCode: number }[];
};

function encodeRequest(transactionalId: string | null, batches: readonly PartitionBatch[]) {
  const topics = Map.groupBy(batches, ({ topic }) => topic);
  let size = fixedBytes + (transactionalId?.length ?? 0) * 2;
  for (const { topic, batch } of batches) size += batch.length + topic.length * 2 + fixedBytes;
  const encoder = new Encoder(size)
    .writeString(transactionalId)
    .writeInt16(allReplicas)
    .writeInt32(produceTimeoutMs)
    .writeInt32(topics.size);
  for (const [topic, partitions] of topics) {
    encoder.writeString(topic).writeInt32(partitions.length);
    for (const { partition, batch } of partitions) {
      encoder.writeInt32(partition).writeInt32(batch.length).writeBufferInternal(batch);
    }
  }
  return encoder;
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

/** Writes batches to the broker that leads them, all replicas acknowledging; WireError if not. */
export async function produceTo(
  broker: WireBroker,
  transactionalId: string | null,
  batches: readonly PartitionBatch[],
): Promise<void> {
  const request: WireRequest<ProduceResponse> = {
    request: {
      apiKey: produceKey,
      apiVersion: produceVersion,
      apiName: 'Produce',
      encode: async () => encodeRequest(transactionalId, batches),
    },
    response: { decode: decodeResponse, parse: async (data) => data },
    logResponseError: false,
  };
  check(await sendTo(broker, request));
}
