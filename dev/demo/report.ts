import type { Channel } from '../../schemas/generated/records.ts';
import { users } from '../samples/users.ts';
import type { Words } from '../words.ts';
import type { Arrived } from './arrivals.ts';
import type { Expected } from './expected.ts';

const channels: readonly Channel[] = ['email', 'sms', 'messenger'];

function nameAt(channel: Channel, to: string): string {
  const user = users.find(({ email, phone, telegramChatId }) => {
    const address = { email, sms: phone, messenger: telegramChatId }[channel];
    return address !== null && (to === address || to.includes(`<${address}>`));
  });
  return user?.fullName ?? to;
}

const plainAddress = (to: string) => /<([^>]+)>$/.exec(to)?.[1] ?? to;
const firstLine = ({ subject, text }: Arrived) => (subject ?? text).trim().split('\n')[0] ?? '';

/** Columns side by side, as wide as their widest text; the last one is cut at the edge. */
function aligned(rows: readonly (readonly string[])[], columns: number): string[] {
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map((row) => {
    const line = row.map((text, at) => text.padEnd(widths[at] ?? 0)).join('  ');
    return `  ${line}`.slice(0, columns).trimEnd();
  });
}

/** What arrived, by channel: who, where, and the subject or the first line. */
export function arrivedTable(arrived: readonly Arrived[], words: Words, columns: number): string {
  const blocks = channels.map((channel) => {
    const mine = arrived.filter((each) => each.channel === channel);
    const rows = mine.map((each) => [
      nameAt(channel, each.to),
      plainAddress(each.to),
      firstLine(each),
    ]);
    return [`${words.channels[channel]} (${mine.length})`, ...aligned(rows, columns)].join('\n');
  });
  return blocks.join('\n\n');
}

/** What did not arrive, one line for each. */
export function missingTable(missing: readonly Expected[], words: Words, columns: number): string {
  const rows = missing.map(({ channel, to, eventType, sign }) => {
    return [words.channels[channel], nameAt(channel, to), to, eventType, sign];
  });
  return aligned(rows, columns).join('\n');
}
