import type { Channel } from '../../schemas/generated/records.ts';
import type { Expected } from './expected.ts';

/** A message of the inbox, as far as the demo looks at it. */
export type Arrived = {
  readonly id: string;
  readonly channel: Channel;
  readonly to: string;
  readonly subject: string | null;
  readonly text: string;
};

/** How the arrived messages fit the expected ones; a message counts for one of them only. */
export type Matched = {
  readonly arrived: readonly Arrived[];
  readonly missing: readonly Expected[];
};

/** E-mail is often sent to `Name <address>`. */
const isTo = (message: Arrived, address: string) =>
  message.to === address || message.to.includes(`<${address}>`);

const holds = ({ subject, text }: Arrived, sign: string) =>
  text.includes(sign) || (subject?.includes(sign) ?? false);

/** Pure. Messages that nobody expects, of a curl beside the demo, are left out. */
export function matchArrivals(
  expected: readonly Expected[],
  messages: readonly Arrived[],
): Matched {
  const left = [...messages];
  const arrived: Arrived[] = [];
  const missing: Expected[] = [];
  for (const each of expected) {
    const at = left.findIndex(
      (message) =>
        message.channel === each.channel && isTo(message, each.to) && holds(message, each.sign),
    );
    const [message] = at === -1 ? [] : left.splice(at, 1);
    if (message) arrived.push(message);
    else missing.push(each);
  }
  return { arrived, missing };
}
