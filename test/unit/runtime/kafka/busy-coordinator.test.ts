import { expect, test } from 'vitest';
import { VestnikError } from '../../../../runtime/errors.ts';
import { kafkaFailure } from '../../../../runtime/kafka/busy-coordinator.ts';

const answered = (code: number, message: string) => Object.assign(new Error(message), { code });

test.each([
  [5, 'There is no leader for this topic-partition'],
  [6, 'This server is not the leader'],
  [14, 'The coordinator is loading and hence can not process requests'],
  [15, 'The group coordinator is not available'],
  [16, 'This is not the correct coordinator'],
])('a broker that answers %i is busy: nobody should look at KAFKA_BROKERS', (code, message) => {
  const { code: ours, message: advice } = kafkaFailure(answered(code, message));
  expect(ours).toBe('KAFKA_BUSY');
  expect(advice).toContain(message);
  expect(advice).not.toContain('KAFKA_BROKERS');
});

test('what a library wrapped is found', () => {
  const wrapped = new Error('gave up after 5 tries', { cause: answered(14, 'loading') });
  expect(kafkaFailure(wrapped).code).toBe('KAFKA_BUSY');
});

test('no answer is another thing', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  expect(kafkaFailure(refused)).toMatchObject({ code: 'KAFKA_UNAVAILABLE', retryable: true });
});

test('what has a code already keeps it', () => {
  const known = new VestnikError('TOPIC_MISSING', 'users');
  expect(kafkaFailure(known)).toBe(known);
});
