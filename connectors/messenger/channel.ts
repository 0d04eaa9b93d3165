import type { Config } from '../../runtime/config.ts';
import { createConnectAgent } from '../../runtime/connect-agent.ts';
import { type Channel, type Timeouts, usualTimeouts } from '../channel.ts';
import { networkFailure } from '../network-failure.ts';
import { callBotApi } from './bot-api.ts';
import { classifyAnswer } from './classify.ts';

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
  return {
    async send({ address, body }, signal) {
      if (!chat.test(address)) {
        return { kind: 'rejected', code: 'ADDRESS', reason: 'it is no chat id' };
      }
      const payload = {
        chat_id: address,
        text: body,
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
      };
      try {
        const call = { apiRoot, botToken, method: 'sendMessage', payload, agent, signal };
        return classifyAnswer(await callBotApi(call));
      } catch (error) {
        return networkFailure(error);
      }
    },
    close: () => agent.destroy(),
  };
}
