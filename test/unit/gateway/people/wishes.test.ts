import { describe, expect, test } from 'vitest';
import type { Person } from '../../../../gateway/people/person.ts';
import { lifted, preferenceOf, suppressed } from '../../../../gateway/people/wishes.ts';
import { anna, nowMs } from '../built-gateway.ts';

const old = { channel: 'sms', address: '+79160000001', reason: 'complaint', since: 1 } as const;
const person: Person = { id: anna.id, user: anna, preference: null, suppressions: [old] };
const added = {
  channel: 'email',
  address: 'anna@example.com',
  reason: 'stopped by the person',
  since: nowMs,
};

test('wishes become a row, each named once', () => {
  const wishes = { optedOutChannels: ['sms', 'sms'], optedOutEvents: ['movieAdded'] } as const;
  expect(preferenceOf('1', wishes, nowMs)).toEqual({
    userId: '1',
    optedOutChannels: ['sms'],
    optedOutEvents: ['movieAdded'],
    updatedAt: nowMs,
  });
});

describe('an address that must not be used', () => {
  const asked = { channel: 'email', address: null, reason: 'stopped' } as const;

  test('is the one that the person has now, beside those of before', () => {
    expect(suppressed(person, asked, nowMs)).toEqual({
      ok: true,
      value: {
        row: { userId: '1', addresses: [old, added] },
        address: 'anna@example.com',
        unchanged: false,
      },
    });
  });

  test('can be another one', () => {
    const other = { ...asked, address: 'old@example.com' };
    expect(suppressed(person, other, nowMs)).toMatchObject({
      value: { row: { addresses: [old, { ...added, address: 'old@example.com' }] } },
    });
  });

  test('is not added twice, however its letters are composed', () => {
    const address = 'ё@example.com';
    const known = { ...person, suppressions: [{ ...added, channel: 'email', address }] } as Person;
    const again = { ...asked, address: address.normalize('NFD') };
    expect(suppressed(known, again, nowMs)).toMatchObject({
      value: { unchanged: true, row: { addresses: known.suppressions } },
    });
  });

  test('is asked for where the person has none', () => {
    expect(suppressed(person, { ...asked, channel: 'messenger' }, nowMs)).toMatchObject({
      ok: false,
      problem: { status: 400, members: { errors: [{ field: 'address' }] } },
    });
  });
});

describe('an address that may be used again', () => {
  test('is taken away, and no other', () => {
    const both = { ...person, suppressions: [old, { ...old, address: '+79160000002' }] };
    expect(lifted(both, { channel: 'sms', address: '+79160000002' })).toMatchObject({
      value: { row: { addresses: [old] } },
    });
  });

  test('on the channel that is named', () => {
    const asked = { channel: 'email', address: old.address } as const;
    expect(lifted(person, asked)).toMatchObject({ ok: false, problem: { status: 404 } });
  });
});
