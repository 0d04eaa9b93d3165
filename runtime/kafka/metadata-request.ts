import {
  createErrorFromCode,
  Encoder,
  requests,
  type WireMetadata,
  type WireRequest,
} from './wire.ts';

/** The newest that the package encodes; Kafka 4 answers 0 to 13. */
const metadataVersion = 6;

/** Only topics can fail: a partition without a leader must not hide the others. */
async function parse(data: WireMetadata): Promise<WireMetadata> {
  const failed = data.topicMetadata.find(({ topicErrorCode }) => topicErrorCode !== 0);
  if (failed) throw createErrorFromCode(failed.topicErrorCode);
  return data;
}

/**
 * Asks for the brokers and the leaders of some topics. The package asks for all topics of the
 * cluster when it is given none, and takes an answer in which any partition has no leader as a
 * failure: one broken topic of somebody else would keep everybody out.
 */
export function metadataRequest(topics: readonly string[]): WireRequest<WireMetadata> {
  const args = { topics, allowAutoTopicCreation: false };
  const { request, response } = requests.Metadata.protocol({ version: metadataVersion })(args);
  const encodeNoTopics = async () => new Encoder().writeInt32(0).writeBoolean(false);
  return {
    request: topics.length > 0 ? request : { ...request, encode: encodeNoTopics },
    response: { decode: response.decode, parse },
    logResponseError: false,
  };
}
