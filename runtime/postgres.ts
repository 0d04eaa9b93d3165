import postgres from 'postgres';
import { describeError, VestnikError } from './errors.ts';
import type { Log } from './log.ts';
import { type Fragment, type Parameter, sql } from './sql.ts';

/**
 * A bounded pool of connections. Failures are DATABASE_UNAVAILABLE when waiting can help, and
 * INTERNAL for mistakes in SQL. After DATABASE_UNAVAILABLE a statement may have been done or not.
 */
export type Database = {
  /**
   * Runs one statement, as a tagged template; what is put in becomes a parameter, or is a part of a
   * statement (sql.ts). The statement is a transaction of its own: what must happen together goes
   * into one, with `with … as (…)`.
   * Sent at once, awaited or not. bigint comes back as a number.
   */
  query<R extends object>(
    text: TemplateStringsArray,
    ...parts: readonly (Parameter | Fragment)[]
  ): Promise<readonly R[]>;
  /**
   * Runs statements without parameters in one transaction: all of them or none. `answerTimeoutMs`
   * is for those that may take long; then they must lift the server's bound themselves.
   */
  script(statements: string, bounds?: { readonly answerTimeoutMs: number }): Promise<void>;
  close(): Promise<void>;
};

/** Enough for every partition of a role to write at once; PostgreSQL allows 100 by default. */
const defaultMaxConnections = 8;
const connectTimeoutS = 5;
const statementTimeoutMs = 30_000;
/**
 * The server ends a statement that takes too long; this is for a server that is not heard of any
 * more. Longer than both of the above, or a slow statement would cost all connections.
 */
const defaultAnswerTimeoutMs = 40_000;
/** Whoever closes has no statement under way; a connection that was cut may never end by itself. */
const closeTimeoutS = 1;
const bigintOid = 20;

/**
 * Of SQLSTATE (PostgreSQL manual, appendix A), the classes that time or an operator mends:
 * connection, authorization, no such database, rollback (deadlock), resources, intervention, I/O.
 */
const unavailableClasses = new Set(['08', '28', '3D', '40', '53', '57', '58']);
/** A server that became a standby; a lock that was not to be had. */
const unavailableStates = new Set(['25006', '55P03']);
/** What postgres.js says of calls that are wrong in themselves. */
const mistakeCodes = new Set([
  'COPY_IN_PROGRESS',
  'MAX_PARAMETERS_EXCEEDED',
  'MESSAGE_NOT_SUPPORTED',
  'NOT_TAGGED_CALL',
  'UNDEFINED_VALUE',
  'UNSAFE_TRANSACTION',
]);

function isUnavailable(error: unknown): boolean {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  if (typeof code !== 'string' || error instanceof TypeError) return false;
  if (!(error instanceof postgres.PostgresError)) return !mistakeCodes.has(code);
  return unavailableClasses.has(code.slice(0, 2)) || unavailableStates.has(code);
}

/** Gives an error of postgres.js its place in the table of errors. */
export function toDatabaseError(error: unknown): VestnikError {
  if (error instanceof VestnikError) return error;
  const code = isUnavailable(error) ? 'DATABASE_UNAVAILABLE' : 'INTERNAL';
  return new VestnikError(code, `PostgreSQL: ${describeError(error)}`, { cause: error });
}

/** Works, but is missing in the types of postgres.js. */
const unpipelined = { max_pipeline: 0 };

/** Data exception, integrity constraint, program limit: the same values are refused again. */
const refusalClasses = new Set(['22', '23', '54']);

/**
 * The SQLSTATE with which the server refused what a statement holds; null for any other error. Its
 * message is not for telling: it may quote a value.
 */
export function refusalOf(error: unknown): string | null {
  const cause = error instanceof VestnikError ? error.cause : null;
  if (!(cause instanceof postgres.PostgresError)) return null;
  return refusalClasses.has(cause.code.slice(0, 2)) ? cause.code : null;
}

type PoolOptions = { readonly url: string; readonly maxConnections: number };

/**
 * postgres.js 3.4.9 has two traps. A statement that shares a busy connection is never answered
 * when that connection is cut, hence no pipelining. `begin` writes its rollback to a connection
 * that is gone, in a timer of its own, which ends the process: so there are no transactions of
 * several calls here, only statements and scripts that the server takes as one.
 */
function openPool({ url, maxConnections }: PoolOptions) {
  return postgres(url, {
    ...unpipelined,
    max: maxConnections,
    connect_timeout: connectTimeoutS,
    // Whoever calls waits before trying again; the pool need not.
    backoff: false,
    connection: { application_name: 'vestnik', statement_timeout: statementTimeoutMs },
    onnotice: () => undefined,
    types: {
      bigint: { to: bigintOid, from: [bigintOid], parse: Number, serialize: String },
    },
  });
}

type Pool = ReturnType<typeof openPool>;

/** As the tag of postgres.js takes it. */
const asTemplate = (texts: readonly string[]): TemplateStringsArray =>
  Object.assign([...texts], { raw: texts });

/**
 * Opens a pool; connections are made as they are needed. Calls that find none free wait. A call is
 * answered within `answerTimeoutMs`, if only by DATABASE_UNAVAILABLE.
 */
export function openDatabase(options: {
  readonly url: string;
  readonly log: Log;
  readonly maxConnections?: number;
  readonly answerTimeoutMs?: number;
}): Database {
  const { answerTimeoutMs = defaultAnswerTimeoutMs } = options;
  const poolOptions = { maxConnections: defaultMaxConnections, ...options };
  let pool = openPool(poolOptions);

  /** Connections that nothing is heard of are not used again. */
  function replace(silent: Pool): void {
    if (pool !== silent) return;
    options.log.warn({ answerTimeoutMs }, 'PostgreSQL is silent; connecting anew');
    pool = openPool(poolOptions);
    silent.end({ timeout: 0 }).catch(() => undefined);
  }

  async function bounded<T>(
    run: (used: Pool) => PromiseLike<T>,
    timeoutMs = answerTimeoutMs,
  ): Promise<T> {
    const used = pool;
    const silence = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      silence.reject(new VestnikError('DATABASE_UNAVAILABLE', `silent for ${timeoutMs} ms`));
      replace(used);
    }, timeoutMs);
    try {
      return await Promise.race([run(used), silence.promise]);
    } catch (error) {
      throw toDatabaseError(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    query: (text, ...parts) =>
      bounded(async (used) => {
        const { texts, parameters } = sql(text, ...parts);
        return [...(await used(asTemplate(texts), ...parameters))] as never;
      }),
    script: (statements, bounds) =>
      bounded(async (used) => {
        await used.unsafe(statements);
      }, bounds?.answerTimeoutMs),
    close: () => pool.end({ timeout: closeTimeoutS }),
  };
}
