import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorization, buildGateway } from './built-gateway.ts';

const fields = ['template_id', 'movie_id', 'user_ids', 'audience', '__proto__', 'constructor'];
const likely = fc.oneof(
  fc.constantFrom('1', '2', '3', '1, 2', 'all', 'movie:1', 'genre:x', ''),
  fc.array(fc.string({ unit: 'binary' })),
  fc.jsonValue(),
);
const rightOr = (...right: readonly unknown[]) =>
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...right) }, { weight: 1, arbitrary: likely });
/** Anything at all, and what is nearly right. */
const body = fc.oneof(
  fc.jsonValue(),
  fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), likely),
  fc.record(
    {
      template_id: rightOr('1', '2', '3'),
      movie_id: rightOr('1'),
      user_ids: rightOr('1, 2', ['1']),
      audience: likely,
    },
    { requiredKeys: ['template_id'] },
  ),
);

test('any JSON is taken or refused, never a defect; what is taken is written', async () => {
  const { app, written } = await buildGateway();
  const run = async (channel: string, value: unknown) => {
    const before = written.length;
    const response = await app.inject({
      method: 'POST',
      url: `/api/v1/notifications/${channel}`,
      headers: { authorization, 'content-type': 'application/json' },
      payload: JSON.stringify(value),
    });
    const taken = response.statusCode === 202;
    expect([202, 400, 404, 409, 413]).toContain(response.statusCode);
    expect(written.length - before).toBe(taken ? 1 : 0);
    expect(Object.keys(response.json())).toContain(taken ? 'request_id' : 'detail');
  };
  const channel = fc.constantFrom('email', 'sms', 'messenger');
  await fc.assert(fc.asyncProperty(channel, body, run), { numRuns: 2000 });
  expect(written.length).toBeGreaterThan(0);
});
