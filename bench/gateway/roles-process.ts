import { startConnectors } from '../../connectors/start.ts';
import { startInbox } from '../../dev/inbox/inbox.ts';
import { startGateway } from '../../gateway/start.ts';
import { startProcessors } from '../../processors/start.ts';
import { loadConfig } from '../../runtime/config.ts';
import { createLog } from '../../runtime/log.ts';

process.once('SIGTERM', () => process.exit());

/** All roles and the vendors' stand-in in one process, as `npm start` runs them. */
const inbox = await startInbox({ httpPort: 0, smtpPort: 0 });
const config = loadConfig({
  ...process.env,
  SMTP_URL: inbox.smtpUrl,
  TWILIO_BASE_URL: inbox.twilioBaseUrl,
  TELEGRAM_API_ROOT: inbox.telegramApiRoot,
});
const options = { config, log: createLog({ level: config.logLevel, name: 'roles' }) };
const roles = [
  await startProcessors(options),
  await startConnectors(options),
  await startGateway(options),
];
await Promise.race(roles.map(({ failed }) => failed));
