import { describe, expect, it } from 'vitest';
import { foldJournal, noteOf, readNote } from '../../../connectors/earlier-attempts.ts';
import type { DeliveryKind } from '../../../schemas/generated/records.ts';

const journal = 'b8tRS7h4TJ2Vt43Dp85v2A';
const direct = { topic: 'direct', nextOffset: 10, metadata: noteOf(journal, 700) };
const bulk = { topic: 'bulk', nextOffset: 20, metadata: noteOf(journal, null) };

const event = (topic: string, offset: number, kind: DeliveryKind, attempt = 1, code = '') => ({
  source: { topic, partition: 0, offset },
  kind,
  attempt,
  code,
});

describe('the note beside an offset', () => {
  it('is read as it was written', () => {
    expect(readNote(noteOf(journal, 0), journal)).toBe(0);
    const late = 123_456_789_012;
    expect(readNote(noteOf(journal, late), journal)).toBe(late);
    expect(foldJournal([], journal).noteOf(7)).toBe(noteOf(journal, 7));
  });

  it.each(['', 'journal:', 'journal:7', 'journal:b8tRS7h4TJ2Vt43Dp85v2A:-1', 'user-7'])(
    'is none in %j',
    (metadata) => expect(readNote(metadata, journal)).toBeNull(),
  );
});

it('is none when the journal was made anew since: its offsets are others', () => {
  expect(readNote(noteOf('J8qXRwI-Qyi2G0guFTiuYw', 700), journal)).toBeNull();
});

describe('what a former owner had begun', () => {
  it('is the last line about each record that is not committed', () => {
    const earlier = foldJournal([direct, bulk], journal);
    earlier.add(event('direct', 10, 'started'));
    earlier.add(event('direct', 11, 'started'));
    earlier.add(event('direct', 10, 'throttled'));
    earlier.add(event('direct', 10, 'started', 2));
    expect(earlier.lastLine({ topic: 'direct', offset: 10 })).toEqual({
      kind: 'started',
      attempt: 2,
      refusals: 1,
      interruptions: 1,
    });
    expect(earlier.lastLine({ topic: 'direct', offset: 11 })).toEqual({
      kind: 'started',
      attempt: 1,
      refusals: 0,
      interruptions: 1,
    });
    expect(earlier.lastLine({ topic: 'direct', offset: 12 })).toBeNull();
    expect(earlier.lastLine({ topic: 'bulk', offset: 10 })).toBeNull();
  });

  it('is also how often it was refused, and how often we ended, over all owners', () => {
    const earlier = foldJournal([direct], journal);
    for (const attempt of [1, 2, 3, 4, 5, 6]) {
      earlier.add(event('direct', 10, 'started', attempt));
      earlier.add(event('direct', 10, 'unknown', attempt, 'INTERRUPTED'));
    }
    earlier.add(event('direct', 10, 'started', 7));
    earlier.add(event('direct', 10, 'unknown', 7, 'ETIMEDOUT'));
    expect(earlier.lastLine({ topic: 'direct', offset: 10 })).toEqual({
      kind: 'unknown',
      attempt: 7,
      refusals: 1,
      interruptions: 6,
    });
  });

  it('is not what was committed, nor what other channels did in the same journal', () => {
    const earlier = foldJournal([direct, bulk], journal);
    earlier.add(event('direct', 9, 'started'));
    earlier.add(event('other channel', 10, 'started'));
    expect(earlier.lastLine({ topic: 'direct', offset: 9 })).toBeNull();
    expect(earlier.lastLine({ topic: 'other channel', offset: 10 })).toBeNull();
  });

  it('keeps the note while part of it lies behind the next offset, and no longer', () => {
    const earlier = foldJournal([direct, bulk], journal);
    for (const offset of [10, 11, 12]) earlier.add(event('direct', offset, 'started'));
    expect(earlier.openSince('direct', 12)).toBe(700);
    expect(earlier.openSince('direct', 13)).toBeNull();
    expect(earlier.openSince('bulk', 20)).toBeNull();
  });
});
