import { expect, test } from 'vitest';
import { metadataRequest } from '../../../../runtime/kafka/metadata-request.ts';
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
  const missing = { topicErrorCode: 3, topic: 'nowhere', partitionMetadata: [] };
  const { response } = metadataRequest(['nowhere']);
  const answer = response.parse({ topicMetadata: [missing] });
  await expect(answer).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
});

/** The number of topics that a request names; -1 asks for all that there are. */
async function topicsNamed(asked: ReturnType<typeof stock>): Promise<number> {
  return (await asked.request.encode()).buffer.readInt32BE(0);
}

test('stock asks for all topics of a cluster where ours asks for none', async () => {
  expect(await topicsNamed(stock([]))).toBe(-1);
  expect(await topicsNamed(metadataRequest([]))).toBe(0);
});

test('where topics are named, the request is the one of the package', async () => {
  const [ours, theirs] = [metadataRequest(['a', 'b']), stock(['a', 'b'])];
  expect((await ours.request.encode()).buffer).toEqual((await theirs.request.encode()).buffer);
});
