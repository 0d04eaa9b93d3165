import { expect, test } from 'vitest';
import { metadataRequest, topicsRequest } from '../../../../runtime/kafka/metadata-request.ts';
import { requests, type WireMetadata } from '../../../../runtime/kafka/wire.ts';

const stock = (topics: readonly string[]) =>
  requests.Metadata.protocol({ version: 6 })({ topics, allowAutoTopicCreation: false });

const partition = (partitionId: number, leader: number, partitionErrorCode: number) => ({
  partitionId,
  leader,
  partitionErrorCode,
});
/** One partition has lost its only broker. */
const oneLeaderless: WireMetadata = {
  topicMetadata: [
    {
      topicErrorCode: 0,
      topic: 'orders',
      topicId: 'id',
      partitionMetadata: [partition(0, 1, 0), partition(1, -1, 5)],
    },
  ],
};

test('stock: a partition without a leader hides all others', async () => {
  await expect(stock(['orders']).response.parse(oneLeaderless)).rejects.toMatchObject({ code: 5 });
});

test('ours: a partition without a leader is told like the others', async () => {
  const { response } = metadataRequest(['orders']);
  expect(await response.parse(oneLeaderless)).toBe(oneLeaderless);
});

test('ours: a topic that does not exist is told as an error', async () => {
  const missing = { topicErrorCode: 3, topic: 'nowhere', topicId: '', partitionMetadata: [] };
  const { response } = metadataRequest(['nowhere']);
  const answer = response.parse({ topicMetadata: [missing] });
  await expect(answer).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
});

test('ours: a topic that does not exist is told to whoever asks which there are', async () => {
  const missing = { topicErrorCode: 3, topic: 'nowhere', topicId: '', partitionMetadata: [] };
  const answer = { topicMetadata: [missing] };
  expect(await topicsRequest(['nowhere']).response.parse(answer)).toBe(answer);
});

const encoded = async (topics: readonly string[]) =>
  (await metadataRequest(topics).request.encode()).buffer;

test('stock asks for all topics of a cluster where ours asks for none', async () => {
  expect((await stock([]).request.encode()).buffer.readInt32BE(0)).toBe(-1);
  // Tags of the head; a compact array of none; no topics made, no rights asked; tags.
  expect(await encoded([])).toEqual(Buffer.from([0, 1, 0, 0, 0, 0]));
});

test('topics are named, and their ids are left open', async () => {
  const id = Buffer.alloc(16);
  const topic = (name: string) => Buffer.concat([id, Buffer.from([2]), Buffer.from(name), end]);
  const end = Buffer.from([0]);
  const body = [Buffer.from([0, 3]), topic('a'), topic('b'), Buffer.from([0, 0, 0, 0])];
  expect(await encoded(['a', 'b'])).toEqual(Buffer.concat(body));
});

test('an answer is read with the ids of topics, past tags that nobody here knows', async () => {
  const id = Buffer.from('b8tRS7h4TJ2Vt43Dp85v2A', 'base64url');
  const int16 = (value: number) => Buffer.from([value >> 8, value & 0xff]);
  const int32 = (value: number) => Buffer.from([0, 0, ...int16(value)]);
  const text = (value: string) => Buffer.from([value.length + 1, ...Buffer.from(value)]);
  const tagged = Buffer.from([1, 7, 3, 1, 1]);
  const ids = (...values: number[]) => [Buffer.from([values.length + 1]), ...values.map(int32)];
  const none = Buffer.from([0]);
  const raw = Buffer.concat([
    ...[none, int32(0), Buffer.from([2])],
    ...[int32(4), text('host'), int32(9092), none, tagged],
    ...[text('cluster'), int32(4), Buffer.from([2])],
    ...[int16(0), text('orders'), id, none, Buffer.from([2])],
    ...[int16(0), int32(1), int32(4), int32(6), ...ids(4, 5), ...ids(4), ...ids(), tagged],
    ...[int32(0), tagged, int32(0), none],
  ]);
  expect(await metadataRequest(['orders']).response.decode(raw)).toMatchObject({
    brokers: [{ nodeId: 4, host: 'host', port: 9092, rack: null }],
    clusterId: 'cluster',
    controllerId: 4,
    topicMetadata: [
      {
        topic: 'orders',
        topicId: 'b8tRS7h4TJ2Vt43Dp85v2A',
        partitionMetadata: [{ partitionId: 1, leader: 4, replicas: [4, 5], isr: [4] }],
      },
    ],
  });
});
