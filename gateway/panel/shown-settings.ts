import type { Config } from '../../runtime/config.ts';

/** A setting as people may see it: of a secret only whether it is set. */
export type ShownSetting = {
  readonly name: string;
  /** Empty for a secret. */
  readonly value: string;
  readonly isSecret: boolean;
  readonly isSet: boolean;
};

const shown = (name: string, value: string): ShownSetting => ({
  name,
  value: value === '' ? '—' : value,
  isSecret: false,
  isSet: value !== '',
});

const secret = (name: string, value: string): ShownSetting => ({
  name,
  value: '',
  isSecret: true,
  isSet: value !== '',
});

/** A URL without its password and its query, for both may be secret. */
function withoutSecrets(text: string): string {
  const url = URL.parse(text);
  if (!url) return '';
  const user = url.username === '' ? '' : `${url.username}@`;
  return `${url.protocol}//${user}${url.host}${url.pathname === '/' ? '' : url.pathname}`;
}

/** The configuration of a gateway, for the page of the system. Pure. */
export function shownSettings(config: Config): readonly ShownSetting[] {
  const { email, sms, messenger } = config;
  return [
    shown('NODE_ENV', config.production ? 'production' : 'development'),
    shown('VESTNIK_APP_ID', config.appId),
    shown('TEMPLATES_FOUR_EYES', String(config.templatesFourEyes)),
    shown('KAFKA_BROKERS', config.kafkaBrokers.join(', ')),
    shown('SCHEMA_REGISTRY_URL', withoutSecrets(config.schemaRegistryUrl)),
    shown('DATABASE_URL', withoutSecrets(config.databaseUrl)),
    shown('HOST', config.host),
    shown('PORT', String(config.port)),
    shown('HEALTH_PORT', config.healthPort === null ? '' : String(config.healthPort)),
    shown('LOG_LEVEL', config.logLevel),
    shown('VESTNIK_DATA_DIR', config.dataDir),
    secret('API_KEYS', config.apiKeys.map(({ name }) => name).join(', ')),
    shown('SMTP_URL', withoutSecrets(email.smtpUrl)),
    shown('EMAIL_FROM', email.from),
    shown('TWILIO_BASE_URL', withoutSecrets(sms.baseUrl)),
    secret('TWILIO_ACCOUNT_SID', sms.accountSid),
    secret('TWILIO_AUTH_TOKEN', sms.authToken),
    shown('TWILIO_FROM', sms.from),
    shown('TELEGRAM_API_ROOT', withoutSecrets(messenger.apiRoot)),
    secret('TELEGRAM_BOT_TOKEN', messenger.botToken),
    shown('EMAIL_PER_SECOND', String(config.pace.email)),
    shown('SMS_PER_SECOND', String(config.pace.sms)),
    shown('MESSENGER_PER_SECOND', String(config.pace.messenger)),
  ];
}
