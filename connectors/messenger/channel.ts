import { Telegram } from 'telegraf';
import type { Config } from '../../runtime/config.ts';
import { createConnectAgent } from '../../runtime/connect-agent.ts';
import { type Channel, type Timeouts, usualTimeouts } from '../channel.ts';
import { classify } from './classify.ts';

/** A number, or the name of a channel. */
const chat = /^(-?\d{1,20}|@\w{1,64})$/;

/** Telegram through the Bot API's sendMessage, which has no idempotency key. */
export function openMessengerChannel(options: {
  readonly config: Config['messenger'];
  readonly timeouts?: Pick<Timeouts, 'connectMs'>;
}): Channel {
  const { config, timeouts = usualTimeouts } = options;
  const { apiRoot, botToken } = config;
  const agent = createConnectAgent(timeouts.connectMs, { keepAlive: true });
  const telegram = new Telegram(botToken, { apiRoot, agent });
  return {
    async send({ address, body }, signal) {
      if (!chat.test(address)) {
        return { kind: 'rejected', code: 'ADDRESS', reason: 'it is no chat id' };
      }
      const message = {
        chat_id: address,
        text: body,
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
      } as const;
      try {
        // telegraf knows the signal by an older declaration of the same thing.
        const call = { signal: signal as never };
        const { message_id: messageId } = await telegram.callApi('sendMessage', message, call);
        return { kind: 'accepted', providerId: String(messageId) };
      } catch (error) {
        return classify(error);
      }
    },
    close: () => agent.destroy(),
  };
}
