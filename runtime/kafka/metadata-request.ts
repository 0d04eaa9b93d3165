import {
  createErrorFromCode,
  Decoder,
  Encoder,
  type WireDecoder,
  type WireMetadata,
  type WireRequest,
} from './wire.ts';

/**
 * The first that names topics by ids (KIP-516); the package encodes up to 6, which knows none.
 * Kafka 4 answers 0 to 13.
 */
const metadataVersion = 10;
const metadataKey = 3;
const topicIdBytes = 16;
const noTags = 0;
/** A compact array or string begins with its length and one; zero is null (KIP-482). */
const compact = (length: number) => length + 1;

/** Kafka prints ids in this way, so an operator finds them in its tools. */
const textOf = (id: Buffer) => id.toString('base64url');

/** Topics by their names; none: an empty list, for null would ask for all of the cluster. */
function encode(topics: readonly string[]) {
  // The tags of the head come first: the package writes heads that have none.
  const encoder = new Encoder().writeUVarInt(noTags).writeUVarInt(compact(topics.length));
  for (const topic of topics) {
    encoder.writeBufferInternal(Buffer.alloc(topicIdBytes));
    encoder.writeUVarIntString(topic).writeUVarInt(noTags);
  }
  // Neither makes topics, nor asks what is allowed to us, of the cluster and of topics.
  return encoder.writeBoolean(false).writeBoolean(false).writeBoolean(false).writeUVarInt(noTags);
}

function readList<T>(decoder: WireDecoder, read: () => T): T[] {
  const count = decoder.readUVarInt() - 1;
  return Array.from({ length: Math.max(0, count) }, read);
}

function readBroker(decoder: WireDecoder) {
  const broker = {
    nodeId: decoder.readInt32(),
    host: decoder.readUVarIntString() ?? '',
    port: decoder.readInt32(),
    rack: decoder.readUVarIntString(),
  };
  decoder.readTaggedFields();
  return broker;
}

function readPartition(decoder: WireDecoder) {
  const partitionErrorCode = decoder.readInt16();
  const partitionId = decoder.readInt32();
  const leader = decoder.readInt32();
  decoder.readInt32(); // leader epoch
  const [replicas, isr, offlineReplicas] = [0, 1, 2].map(() =>
    readList(decoder, () => decoder.readInt32()),
  );
  decoder.readTaggedFields();
  return { partitionErrorCode, partitionId, leader, replicas, isr, offlineReplicas };
}

function readTopic(decoder: WireDecoder) {
  const topicErrorCode = decoder.readInt16();
  const topic = decoder.readUVarIntString() ?? '';
  const topicId = textOf(decoder.readBytes(topicIdBytes));
  const isInternal = decoder.readInt8() !== 0;
  const partitionMetadata = readList(decoder, () => readPartition(decoder));
  decoder.readInt32(); // what is allowed to us: not asked for
  decoder.readTaggedFields();
  return { topicErrorCode, topic, topicId, isInternal, partitionMetadata };
}

async function decode(raw: Buffer): Promise<WireMetadata> {
  const decoder = new Decoder(raw);
  decoder.readTaggedFields();
  const clientSideThrottleTime = decoder.readInt32();
  const brokers = readList(decoder, () => readBroker(decoder));
  const clusterId = decoder.readUVarIntString();
  const controllerId = decoder.readInt32();
  const topicMetadata = readList(decoder, () => readTopic(decoder));
  const parts = { throttleTime: 0, clientSideThrottleTime, brokers, clusterId, controllerId };
  return { ...parts, topicMetadata };
}

/** Only topics can fail: a partition without a leader must not hide the others. */
async function parse(data: WireMetadata): Promise<WireMetadata> {
  const failed = data.topicMetadata.find(({ topicErrorCode }) => topicErrorCode !== 0);
  if (failed) throw createErrorFromCode(failed.topicErrorCode);
  return data;
}

/**
 * Asks for the brokers, the ids and the leaders of some topics. The package asks for all topics of
 * the cluster when it is given none, takes an answer in which any partition has no leader as a
 * failure (one broken topic of somebody else would keep everybody out), and knows no topic ids.
 */
export function metadataRequest(topics: readonly string[]): WireRequest<WireMetadata> {
  return {
    request: {
      apiKey: metadataKey,
      apiVersion: metadataVersion,
      apiName: 'Metadata',
      encode: async () => encode(topics),
    },
    response: { decode, parse },
    logResponseError: false,
  };
}

/** The same for whoever wants to hear of topics that are missing, too. */
export function topicsRequest(topics: readonly string[]): WireRequest<WireMetadata> {
  const asked = metadataRequest(topics);
  return { ...asked, response: { decode, parse: async (data) => data } };
}
