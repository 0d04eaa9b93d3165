import { describe, expect, it } from 'vitest';
import { startConnectors } from '../../../connectors/start.ts';
import { loadConfig } from '../../../runtime/config.ts';
import { createLog } from '../../../runtime/log.ts';

const log = createLog({ level: 'silent', name: 'test' });
/** Nobody listens there: what gets past the settings ends with KAFKA_UNAVAILABLE. */
const nowhere = { KAFKA_BROKERS: '127.0.0.1:1', NODE_ENV: 'production' };

const start = (environment: Readonly<Record<string, string>>, names: readonly string[]) =>
  startConnectors({ config: loadConfig({ ...nowhere, ...environment }), log, names });

const twilio = {
  TWILIO_ACCOUNT_SID: 'AC1',
  TWILIO_AUTH_TOKEN: 'secret',
  TWILIO_FROM: '+15005550001',
};

describe('in production', () => {
  it.each([
    ['email', ['SMTP_URL', 'EMAIL_FROM']],
    ['sms', Object.keys(twilio)],
    ['messenger', ['TELEGRAM_BOT_TOKEN']],
  ])('%s does not start with the settings of development, and names them', async (name, left) => {
    const error = await start({}, [name]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    for (const variable of left) expect(String(error)).toContain(variable);
  });

  it('one setting that was forgotten is enough, and only that is named', async () => {
    const { TWILIO_FROM: _from, ...rest } = twilio;
    const error = await start(rest, ['sms']).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(String(error)).toContain('(TWILIO_FROM must be set');
  });

  it('a channel whose settings are there gets as far as Kafka', async () => {
    await expect(start(twilio, ['sms'])).rejects.toMatchObject({ code: 'KAFKA_UNAVAILABLE' });
  });
});

it('a connector that does not exist is named, with those that do', async () => {
  const started = start({}, ['fax']);
  await expect(started).rejects.toThrow('no connector fax; there are email, sms, messenger');
});
