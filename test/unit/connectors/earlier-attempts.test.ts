import { describe, expect, it } from 'vitest';
import { foldJournal, noteOf, readNote } from '../../../connectors/earlier-attempts.ts';
import type { DeliveryKind } from '../../../schemas/generated/records.ts';

const direct = { topic: 'direct', nextOffset: 10, metadata: noteOf(700) };
const bulk = { topic: 'bulk', nextOffset: 20, metadata: noteOf(null) };

const event = (topic: string, offset: number, kind: DeliveryKind, attempt = 1) => ({
  source: { topic, partition: 0, offset },
  kind,
  attempt,
});

describe('the note beside an offset', () => {
  it('is read as it was written', () => {
    expect(readNote(noteOf(0))).toBe(0);
    expect(readNote(noteOf(123_456_789_012))).toBe(123_456_789_012);
  });

  it.each(['', 'journal:', 'journal:-1', 'journal:1e9', 'journal:1 ', 'user-7'])(
    'is none in %j',
    (metadata) => expect(readNote(metadata)).toBeNull(),
  );
});

describe('what a former owner had begun', () => {
  it('is the last line about each record that is not committed', () => {
    const earlier = foldJournal([direct, bulk]);
    earlier.add(event('direct', 10, 'started'));
    earlier.add(event('direct', 11, 'started'));
    earlier.add(event('direct', 10, 'throttled'));
    earlier.add(event('direct', 10, 'started', 2));
    expect(earlier.lastLine({ topic: 'direct', offset: 10 })).toEqual({
      kind: 'started',
      attempt: 2,
    });
    expect(earlier.lastLine({ topic: 'direct', offset: 11 })).toEqual({
      kind: 'started',
      attempt: 1,
    });
    expect(earlier.lastLine({ topic: 'direct', offset: 12 })).toBeNull();
    expect(earlier.lastLine({ topic: 'bulk', offset: 10 })).toBeNull();
  });

  it('is not what was committed, nor what other channels did in the same journal', () => {
    const earlier = foldJournal([direct, bulk]);
    earlier.add(event('direct', 9, 'started'));
    earlier.add(event('other channel', 10, 'started'));
    expect(earlier.lastLine({ topic: 'direct', offset: 9 })).toBeNull();
    expect(earlier.lastLine({ topic: 'other channel', offset: 10 })).toBeNull();
  });

  it('keeps the note while part of it lies behind the next offset, and no longer', () => {
    const earlier = foldJournal([direct, bulk]);
    for (const offset of [10, 11, 12]) earlier.add(event('direct', offset, 'started'));
    expect(earlier.openSince('direct', 12)).toBe(700);
    expect(earlier.openSince('direct', 13)).toBeNull();
    expect(earlier.openSince('bulk', 20)).toBeNull();
  });
});
