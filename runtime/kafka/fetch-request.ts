import { sendTo } from './client.ts';
import type { AbortedTransaction } from './record-set.ts';
import { Decoder, requests, type WireBroker, type WireDecoder, type WireRequest } from './wire.ts';

/** Version 11 is the newest that the package encodes; Kafka 4 answers 4 to 18 (KIP-896). */
const fetchVersion = 11;
const isolationReadCommitted = 1;
const consumerReplicaId = -1;
const anyLeaderEpoch = -1;

export type FetchPosition = {
  readonly topic: string;
  readonly partition: number;
  readonly fetchOffset: number;
};

/** What the broker answered for one partition; `records` is the raw record set. */
export type FetchedPartition = {
  readonly topic: string;
  readonly partition: number;
  readonly errorCode: number;
  readonly highWatermark: number;
  readonly logStartOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  readonly records: Buffer | null;
};

function readPartition(decoder: WireDecoder, topic: string): FetchedPartition {
  const partition = decoder.readInt32();
  const errorCode = decoder.readInt16();
  const highWatermark = Number(decoder.readInt64());
  decoder.readInt64(); // last stable offset: positions and markers say as much
  const logStartOffset = Number(decoder.readInt64());
  const aborted = decoder.readArray((each) => ({
    producerId: each.readInt64(),
    firstOffset: Number(each.readInt64()),
  }));
  decoder.readInt32(); // preferred replica: only with a rack, which is not sent
  const bytes = decoder.readInt32();
  const records = bytes > 0 ? decoder.readBytes(bytes) : null;
  return { topic, partition, errorCode, highWatermark, logStartOffset, aborted, records };
}

type FetchResponse = {
  readonly clientSideThrottleTime: number;
  readonly errorCode: number;
  readonly partitions: readonly FetchedPartition[];
};

async function decodeResponse(raw: Buffer): Promise<FetchResponse> {
  const decoder = new Decoder(raw);
  const clientSideThrottleTime = decoder.readInt32();
  const errorCode = decoder.readInt16();
  decoder.readInt32(); // fetch session: none is asked for
  const topics = decoder.readArray((each) => {
    const topic = each.readString();
    return each.readArray((partition) => readPartition(partition, topic));
  });
  return { clientSideThrottleTime, errorCode, partitions: topics.flat() };
}

/** The package's request, with an answer that keeps record sets raw for our own decoder. */
function fetchRequest(args: object): WireRequest<FetchResponse> {
  const { request } = requests.Fetch.protocol({ version: fetchVersion })(args);
  return {
    request,
    response: { decode: decodeResponse, parse: async (data) => data },
    logResponseError: false,
  };
}

function byTopic(positions: readonly FetchPosition[], maxBytes: number) {
  const topics = Map.groupBy(positions, (position) => position.topic);
  return [...topics].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ partition, fetchOffset }) => ({
      partition,
      currentLeaderEpoch: anyLeaderEpoch,
      fetchOffset: String(fetchOffset),
      maxBytes,
    })),
  }));
}

/** Fetches several partitions of one leader at isolation read_committed. */
export async function fetchFrom(
  broker: WireBroker,
  positions: readonly FetchPosition[],
  limits: {
    readonly maxWaitMs: number;
    readonly maxBytes: number;
    readonly maxPartitionBytes: number;
  },
): Promise<FetchResponse> {
  return sendTo(
    broker,
    fetchRequest({
      replicaId: consumerReplicaId,
      isolationLevel: isolationReadCommitted,
      maxWaitTime: limits.maxWaitMs,
      minBytes: 1,
      maxBytes: limits.maxBytes,
      topics: byTopic(positions, limits.maxPartitionBytes),
    }),
  );
}
