import { type Crash, crashPoints } from './crash-point.ts';
import { VestnikError } from './errors.ts';

/** A set of environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The languages that the terminal speaks. */
export type Language = 'ru' | 'en';

/** The language of the environment, by the precedence of POSIX (chapter 8.2); else English. */
export function languageOf(env: Environment = process.env): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return locale.toLowerCase().startsWith('ru') ? 'ru' : 'en';
}

/** Everything that can be set from outside, read once at start, frozen. */
export type Config = {
  readonly kafkaBrokers: readonly string[];
  readonly schemaRegistryUrl: string;
  readonly databaseUrl: string;
  readonly host: string;
  readonly port: number;
  /** Where probes and metrics are answered; null: nowhere. 0: any port. */
  readonly healthPort: number | null;
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
  /** Whether nobody may publish a template that they wrote themselves. */
  readonly templatesFourEyes: boolean;
  /**
   * How many messages the vendors' contracts let through in a second; of SMS, parts. It is said
   * beforehand how long a sending takes by it; how hard a connector presses is its own.
   */
  readonly pace: { readonly email: number; readonly sms: number; readonly messenger: number };
  /** For fault tests: where this process ends itself. Refused in production. */
  readonly crashAt: Crash | null;
};

/** A key that may write: the name goes into the request's record, the secret never does. */
export type ApiKey = { readonly name: string; readonly secret: string };

const defaultPort = 8080;
const maxPort = 65_535;
const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** The text of a setting; white space alone counts as not set. */
const textOf = (env: Environment, name: string) => env[name]?.trim() || undefined;

function readFlag(env: Environment, name: string, problems: string[]): boolean {
  const text = textOf(env, name) ?? 'false';
  if (text !== 'true' && text !== 'false') problems.push(`${name} is "${text}", not true or false`);
  return text === 'true';
}

function readPort<D>(env: Environment, name: string, fallback: D, problems: string[]): number | D {
  const text = textOf(env, name);
  if (text === undefined) return fallback;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > maxPort) {
    problems.push(`${name} is "${text}", not a whole number from 0 to ${maxPort}`);
  }
  return port;
}

/** What Amazon SES grants an account that has left its sandbox. */
const emailPerSecond = 14;
/** Of a number of Twilio outside of North America; a long code there has 1, a short code 100. */
const smsPerSecond = 10;
/** What Telegram says of a bot that writes to many (core.telegram.org/bots/faq). */
const messengerPerSecond = 30;
const maxPace = 100_000;

function readPace(env: Environment, name: string, fallback: number, problems: string[]): number {
  const text = textOf(env, name);
  if (text === undefined) return fallback;
  const pace = Number(text);
  if (!(pace > 0 && pace <= maxPace)) {
    problems.push(`${name} is "${text}", not a number above 0 and up to ${maxPace}`);
  }
  return pace;
}

type UrlSetting = {
  readonly name: string;
  readonly fallback: string;
  readonly schemes: readonly string[];
};

const web = ['http:', 'https:'];

/** The text itself is never told: a URL that cannot be read may hold a password anywhere. */
function readUrl(env: Environment, setting: UrlSetting, problems: string[]): string {
  const text = textOf(env, setting.name) ?? setting.fallback;
  const scheme = URL.parse(text)?.protocol ?? '';
  if (!setting.schemes.includes(scheme)) {
    const wanted = setting.schemes.map((each) => `${each}//`).join(' or ');
    problems.push(`${setting.name} is not a URL that begins with ${wanted}`);
  }
  return text.replace(/\/$/, '');
}

/** A secret may hold colons: only the first one ends the name. */
function readApiKeys(env: Environment, problems: string[]): ApiKey[] {
  const entries = (textOf(env, 'API_KEYS') ?? '').split(',').filter((entry) => entry.trim());
  const keys = entries.map((entry) => {
    const [name = '', ...rest] = entry.trim().split(':');
    return { name, secret: rest.join(':') };
  });
  if (keys.some(({ name, secret }) => !name || !secret)) {
    problems.push('API_KEYS must be name:secret pairs with commas between');
  }
  return keys;
}

function readLogLevel(env: Environment, problems: string[]): string {
  const level = textOf(env, 'LOG_LEVEL') ?? 'info';
  if (!logLevels.includes(level)) {
    problems.push(`LOG_LEVEL is "${level}", not one of ${logLevels.join(', ')}`);
  }
  return level;
}

function readBrokers(env: Environment, problems: string[]): string[] {
  const text = textOf(env, 'KAFKA_BROKERS') ?? '127.0.0.1:9092';
  const brokers = text.split(',').map((broker) => broker.trim());
  if (brokers.some((broker) => !/^\S+:\d+$/.test(broker))) {
    problems.push(`KAFKA_BROKERS is "${text}", not host:port with commas between`);
  }
  return brokers;
}

/** `afterSend:3` is killed at the third passing, `afterSend:3:stop` is only stopped. */
function readCrash(env: Environment, problems: string[]): Crash | null {
  const text = textOf(env, 'VESTNIK_CRASH_AT');
  if (text === undefined) return null;
  const [name, count, stop] = text.split(':');
  const point = crashPoints.find((each) => each === name);
  const passing = Number(count);
  const known = point !== undefined && Number.isInteger(passing) && passing > 0;
  if (!known || (stop !== undefined && stop !== 'stop')) {
    problems.push(
      `VESTNIK_CRASH_AT is "${text}", not <point>:<passing> of ${crashPoints.join(', ')}`,
    );
    return null;
  }
  if (env['NODE_ENV'] === 'production') {
    problems.push('VESTNIK_CRASH_AT is for tests and must not be set in production');
  }
  return { point, passing, signal: stop ? 'SIGSTOP' : 'SIGKILL' };
}

const urls = {
  registry: {
    name: 'SCHEMA_REGISTRY_URL',
    fallback: 'http://127.0.0.1:8081/apis/ccompat/v7',
    schemes: web,
  },
  database: {
    name: 'DATABASE_URL',
    fallback: 'postgres://vestnik:vestnik@127.0.0.1:5432/vestnik',
    schemes: ['postgres:', 'postgresql:'],
  },
  smtp: { name: 'SMTP_URL', fallback: 'smtp://127.0.0.1:1025', schemes: ['smtp:', 'smtps:'] },
  twilio: { name: 'TWILIO_BASE_URL', fallback: 'https://api.twilio.com', schemes: web },
  telegram: { name: 'TELEGRAM_API_ROOT', fallback: 'https://api.telegram.org', schemes: web },
} as const satisfies Readonly<Record<string, UrlSetting>>;

/**
 * Reads the configuration. All mistakes are reported together, so that one correction is enough.
 * The defaults are those of `docker-compose.yml` and of `npm start`.
 */
export function loadConfig(env: Environment = process.env): Config {
  const problems: string[] = [];
  const config: Config = {
    kafkaBrokers: readBrokers(env, problems),
    schemaRegistryUrl: readUrl(env, urls.registry, problems),
    databaseUrl: readUrl(env, urls.database, problems),
    host: textOf(env, 'HOST') ?? '127.0.0.1',
    port: readPort(env, 'PORT', defaultPort, problems),
    healthPort: readPort(env, 'HEALTH_PORT', null, problems),
    logLevel: readLogLevel(env, problems),
    dataDir: textOf(env, 'VESTNIK_DATA_DIR') ?? '.data',
    production: env['NODE_ENV'] === 'production',
    appId: textOf(env, 'VESTNIK_APP_ID') ?? 'vestnik',
    apiKeys: readApiKeys(env, problems),
    email: {
      smtpUrl: readUrl(env, urls.smtp, problems),
      from: textOf(env, 'EMAIL_FROM') ?? 'Vestnik <no-reply@vestnik.example>',
    },
    sms: {
      baseUrl: readUrl(env, urls.twilio, problems),
      accountSid: textOf(env, 'TWILIO_ACCOUNT_SID') ?? 'AC00000000000000000000000000000000',
      authToken: textOf(env, 'TWILIO_AUTH_TOKEN') ?? 'development',
      from: textOf(env, 'TWILIO_FROM') ?? '+15005550006',
    },
    messenger: {
      apiRoot: readUrl(env, urls.telegram, problems),
      botToken: textOf(env, 'TELEGRAM_BOT_TOKEN') ?? '0:development',
    },
    templatesFourEyes: readFlag(env, 'TEMPLATES_FOUR_EYES', problems),
    pace: {
      email: readPace(env, 'EMAIL_PER_SECOND', emailPerSecond, problems),
      sms: readPace(env, 'SMS_PER_SECOND', smsPerSecond, problems),
      messenger: readPace(env, 'MESSENGER_PER_SECOND', messengerPerSecond, problems),
    },
    crashAt: readCrash(env, problems),
  };
  if (problems.length > 0) throw new VestnikError('CONFIG_INVALID', problems.join('; '));
  return Object.freeze(config);
}
