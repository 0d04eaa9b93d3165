import { expect, test } from 'vitest';
import { notify } from '../../../processors/notify.ts';
import type { Processor } from '../../../runtime/processor.ts';
import type { NotifyCommand, User } from '../../../schemas/generated/records.ts';
import { topics } from '../../../schemas/topics.ts';
import { createDriver } from '../../driver/driver.ts';

const { fanOut: _, ...slowNotify } = notify;

const anna: User = {
  id: 'user-1',
  fullName: 'anna-name',
  email: 'anna-mail',
  phone: 'anna-phone',
  telegramChatId: 'anna-chat',
  locale: 'anna-locale',
  timeZone: 'anna-zone',
  channels: ['sms'],
  followedMovieIds: [],
  followedGenres: [],
};

const command: NotifyCommand = {
  eventId: 'event-1',
  eventType: 'episodeReleased',
  source: { topic: 'episode-released', partition: 0, offset: 1 },
  occurredAt: 0,
  requestId: null,
  audienceKind: 'everyone',
  audienceKeys: [],
  params: [],
  movie: null,
  templates: [
    {
      id: 't',
      version: 1,
      eventType: 'episodeReleased',
      channel: 'sms',
      locale: 'ru',
      texts: [{ locale: 'ru', subject: null, body: 'Привет, {{user_full_name}}' }],
      params: ['user_full_name'],
    },
  ],
  digest: '',
  part: 0,
  redriven: false,
};

/** A row as it is written, with a byte in one of its texts that is no UTF-8. */
function damaged(row: Buffer, text: string): Buffer {
  const bytes = Buffer.from(row);
  const at = bytes.indexOf(text);
  if (at >= 0) bytes[at] = 0xff;
  return bytes;
}

const ways: readonly (readonly [string, Processor])[] = [
  ['the fast way', notify],
  ['the slow way', slowNotify],
];
const fields = ['name', 'mail', 'phone', 'chat', 'locale', 'zone'].map((each) => `anna-${each}`);
const unreadable = { written: 0, reasons: ['rowUnreadable'] };

test.each(ways)('on %s a text that is no UTF-8 makes a row unreadable', async (__, processor) => {
  for (const field of ['no field', ...fields]) {
    const driver = await createDriver([processor]);
    driver.tableRaw(topics.users, anna.id, damaged(driver.encode(topics.users, anna), field));
    driver.broadcast(topics.broadcastCommands, command);
    const reasons = driver.outputs(topics.notificationDecisions).map(({ reason }) => reason);
    const written = driver.records(topics.smsNotificationsBulk).length;
    const right = field === 'no field' ? { written: 1, reasons: [] } : unreadable;
    expect({ field, written, reasons }).toEqual({ field, ...right });
  }
});
