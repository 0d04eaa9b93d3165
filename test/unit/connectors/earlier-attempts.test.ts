import { describe, expect, it } from 'vitest';
import {
  foldJournal,
  foldRecords,
  noteOf,
  readNote,
} from '../../../connectors/earlier-attempts.ts';
import type { DeliveryKind } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { createMemorySerde } from '../../driver/memory-serde.ts';

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
    expect(foldJournal([], journal, 2).noteOf(7)).toBe(noteOf(journal, 7));
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
    const earlier = foldJournal([direct, bulk], journal, 2);
    earlier.add(event('direct', 10, 'started'));
    earlier.add(event('direct', 11, 'started'));
    earlier.add(event('direct', 10, 'throttled'));
    earlier.add(event('direct', 10, 'started', 2));
    expect(earlier.lastLine({ topic: 'direct', offset: 10 }, 'n')).toEqual({
      kind: 'started',
      attempt: 2,
      refusals: 1,
      interruptions: 1,
    });
    expect(earlier.lastLine({ topic: 'direct', offset: 11 }, 'n')).toEqual({
      kind: 'started',
      attempt: 1,
      refusals: 0,
      interruptions: 1,
    });
    expect(earlier.lastLine({ topic: 'direct', offset: 12 }, 'n')).toBeNull();
    expect(earlier.lastLine({ topic: 'bulk', offset: 10 }, 'n')).toBeNull();
  });

  it('is also how often it was refused, and how often we ended, over all owners', () => {
    const earlier = foldJournal([direct], journal, 2);
    for (const attempt of [1, 2, 3, 4, 5, 6]) {
      earlier.add(event('direct', 10, 'started', attempt));
      earlier.add(event('direct', 10, 'unknown', attempt, 'INTERRUPTED'));
    }
    earlier.add(event('direct', 10, 'started', 7));
    earlier.add(event('direct', 10, 'unknown', 7, 'ETIMEDOUT'));
    expect(earlier.lastLine({ topic: 'direct', offset: 10 }, 'n')).toEqual({
      kind: 'unknown',
      attempt: 7,
      refusals: 1,
      interruptions: 6,
    });
  });

  it('is not what was committed, nor what other channels did in the same journal', () => {
    const earlier = foldJournal([direct, bulk], journal, 2);
    earlier.add(event('direct', 9, 'started'));
    earlier.add(event('other channel', 10, 'started'));
    expect(earlier.lastLine({ topic: 'direct', offset: 9 }, 'n')).toBeNull();
    expect(earlier.lastLine({ topic: 'other channel', offset: 10 }, 'n')).toBeNull();
  });

  it('keeps the note while part of it lies behind the next offset, and no longer', () => {
    const earlier = foldJournal([direct, bulk], journal, 2);
    for (const offset of [10, 11, 12]) earlier.add(event('direct', offset, 'started'));
    expect(earlier.openSince('direct', 12)).toBe(700);
    expect(earlier.openSince('direct', 13)).toBeNull();
    expect(earlier.openSince('bulk', 20)).toBeNull();
  });
});

describe('a line of the journal that nobody can read', () => {
  const at = (offset: number, topic = 'direct') => ({ topic, offset });
  const begun = { kind: 'started', attempt: 1, refusals: 0, interruptions: 1 };

  it('counts as begun for the notification that its key names, so it is no permission', () => {
    const earlier = foldJournal([direct, bulk], journal, 2);
    earlier.addUnreadable(Buffer.from('n-1'));
    earlier.addUnreadable(null);
    expect(earlier.lastLine(at(10), 'n-1')).toEqual(begun);
    expect(earlier.lastLine(at(11), 'n-2')).toBeNull();
  });

  it('takes nothing back from a line that is final, and all from one that is not', () => {
    const earlier = foldJournal([direct], journal, 2);
    for (const id of ['n-1', 'n-2']) earlier.addUnreadable(Buffer.from(id));
    earlier.add(event('direct', 10, 'accepted'));
    earlier.add(event('direct', 11, 'throttled', 3));
    expect(earlier.lastLine(at(10), 'n-1')).toMatchObject({ kind: 'accepted' });
    expect(earlier.lastLine(at(11), 'n-2')).toEqual({ ...begun, attempt: 3, refusals: 1 });
  });

  it('concerns one portion of a lane with a note, and the note stays until that is done', () => {
    const earlier = foldJournal([direct, bulk], journal, 2);
    earlier.addUnreadable(Buffer.from('n-1'));
    expect(earlier.lastLine(at(20, 'bulk'), 'n-1'), 'nothing was begun there').toBeNull();
    earlier.lastLine(at(10), 'n-0');
    expect(earlier.openSince('direct', 11)).toBe(700);
    earlier.lastLine(at(11), 'n-2');
    expect(earlier.openSince('direct', 12)).toBeNull();
    expect(earlier.lastLine(at(12), 'n-1'), 'it was not begun by then').toBeNull();
  });

  it('is one without a value, of a foreign writer, or of a schema that is not known', async () => {
    const serde = await createMemorySerde();
    const earlier = foldJournal([direct], journal, 4);
    const good = serde.encode(topics.deliveryEvents, {
      ...{ notificationId: 'n-3', userId: 'anna', channel: 'sms', requestId: null },
      ...{
        test: false,
        providerId: null,
        code: null,
        reason: null,
        retryAfterMs: null,
        happenedAt: 0,
      },
      ...event('direct', 13, 'accepted'),
    });
    const unknown = Buffer.from(good);
    unknown.writeInt32BE(999, 1);
    const values = [null, Buffer.from('garbage'), unknown, good];
    await serde.prepare(values);
    const records = values.map((value, n) => ({ key: Buffer.from(`n-${n}`), value }));
    expect(foldRecords(earlier, serde, records)).toBe(3);
    for (const n of [0, 1, 2]) expect(earlier.lastLine(at(10 + n), `n-${n}`)).toEqual(begun);
    expect(earlier.lastLine(at(13), 'n-3')).toMatchObject({ kind: 'accepted' });
  });
});
