import { VestnikError } from './errors.ts';

/** A set of environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that can be set from outside, read once at start, frozen. */
export type Config = {
  readonly kafkaBrokers: readonly string[];
  readonly schemaRegistryUrl: string;
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: string;
  readonly dataDir: string;
  readonly production: boolean;
  /** Prefix of groups and transactional ids: two systems on one broker must differ in it. */
  readonly appId: string;
  readonly apiKeys: readonly ApiKey[];
  readonly email: { readonly smtpUrl: string; readonly from: string };
  readonly sms: {
    readonly baseUrl: string;
    readonly accountSid: string;
    readonly authToken: string;
    readonly from: string;
  };
  readonly messenger: { readonly apiRoot: string; readonly botToken: string };
};

/** A key that may write: the name goes into the request's record, the secret never does. */
export type ApiKey = { readonly name: string; readonly secret: string };

const defaultPort = 8080;
const maxPort = 65_535;

/** The text of a setting; white space alone counts as not set. */
const textOf = (env: Environment, name: string) => env[name]?.trim() || undefined;

function readPort(env: Environment, problems: string[]): number {
  const text = textOf(env, 'PORT');
  const port = Number(text ?? defaultPort);
  if (!Number.isInteger(port) || port < 0 || port > maxPort) {
    problems.push(`PORT is "${text}", not a whole number from 0 to ${maxPort}`);
  }
  return port;
}

function readUrl(env: Environment, name: string, fallback: string, problems: string[]): string {
  const text = textOf(env, name) ?? fallback;
  if (!URL.canParse(text)) problems.push(`${name} is "${text}", not a URL`);
  return text.replace(/\/$/, '');
}

function readApiKeys(env: Environment, problems: string[]): ApiKey[] {
  const entries = (textOf(env, 'API_KEYS') ?? '').split(',').filter((entry) => entry.trim());
  return entries.map((entry) => {
    const [name = '', secret = ''] = entry.trim().split(':');
    if (!name || !secret) problems.push('API_KEYS must be name:secret pairs with commas between');
    return { name, secret };
  });
}

function readBrokers(env: Environment, problems: string[]): string[] {
  const text = textOf(env, 'KAFKA_BROKERS') ?? '127.0.0.1:9092';
  const brokers = text.split(',').map((broker) => broker.trim());
  if (brokers.some((broker) => !/^\S+:\d+$/.test(broker))) {
    problems.push(`KAFKA_BROKERS is "${text}", not host:port with commas between`);
  }
  return brokers;
}

/**
 * Reads the configuration. All mistakes are reported together, so that one correction is enough.
 * The defaults are those of `docker-compose.yml` and of `npm start`.
 */
export function loadConfig(env: Environment = process.env): Config {
  const problems: string[] = [];
  const config: Config = {
    kafkaBrokers: readBrokers(env, problems),
    schemaRegistryUrl: readUrl(
      env,
      'SCHEMA_REGISTRY_URL',
      'http://127.0.0.1:8081/apis/ccompat/v7',
      problems,
    ),
    databaseUrl: readUrl(
      env,
      'DATABASE_URL',
      'postgres://vestnik:vestnik@127.0.0.1:5432/vestnik',
      problems,
    ),
    host: textOf(env, 'HOST') ?? '127.0.0.1',
    port: readPort(env, problems),
    logLevel: textOf(env, 'LOG_LEVEL') ?? 'info',
    dataDir: textOf(env, 'VESTNIK_DATA_DIR') ?? '.data',
    production: env['NODE_ENV'] === 'production',
    appId: textOf(env, 'VESTNIK_APP_ID') ?? 'vestnik',
    apiKeys: readApiKeys(env, problems),
    email: {
      smtpUrl: readUrl(env, 'SMTP_URL', 'smtp://127.0.0.1:1025', problems),
      from: textOf(env, 'EMAIL_FROM') ?? 'Vestnik <no-reply@vestnik.example>',
    },
    sms: {
      baseUrl: readUrl(env, 'TWILIO_BASE_URL', 'https://api.twilio.com', problems),
      accountSid: textOf(env, 'TWILIO_ACCOUNT_SID') ?? 'AC00000000000000000000000000000000',
      authToken: textOf(env, 'TWILIO_AUTH_TOKEN') ?? 'development',
      from: textOf(env, 'TWILIO_FROM') ?? '+15005550006',
    },
    messenger: {
      apiRoot: readUrl(env, 'TELEGRAM_API_ROOT', 'https://api.telegram.org', problems),
      botToken: textOf(env, 'TELEGRAM_BOT_TOKEN') ?? '0:development',
    },
  };
  if (problems.length > 0) throw new VestnikError('CONFIG_INVALID', problems.join('; '));
  return Object.freeze(config);
}
