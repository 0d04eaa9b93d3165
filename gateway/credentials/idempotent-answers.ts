import { batched } from './batched.ts';
import type { Credentials } from './credentials.ts';

/** A request that is to be done once. */
export type Claim = {
  readonly claimHash: string;
  readonly requestHash: string;
  /** This request among all; an id. */
  readonly holder: string;
};

/** What is known of the requests with this key. A new kind breaks the build where it is handled. */
export type Claimed =
  /** Nobody has done it: whoever claims does it now. */
  | { readonly kind: 'ours' }
  | { readonly kind: 'atWork' }
  /** Another path or body has this key. */
  | { readonly kind: 'other' }
  /** It was done; the answer is sealed. */
  | { readonly kind: 'answered'; readonly sealed: string };

/** Answers that were given, for a day. Failures are CREDENTIALS_UNAVAILABLE. */
export type IdempotentAnswers = {
  claim(claim: Claim): Promise<Claimed>;
  keep(claim: Claim, sealed: string): Promise<void>;
  /** It was not done, so it may be done by the next who asks. */
  release(claim: Claim): Promise<void>;
  /** Removes what is older than a day, so many rows at most. */
  clean(): Promise<void>;
};

/** For so long an answer is given again. */
export const keptMs = 24 * 60 * 60 * 1000;
/**
 * A gateway that was killed leaves its claims: after so long another request takes them over.
 * Longer than any request takes, or it would be done twice.
 */
export const abandonedMs = 60_000;
const maxBatch = 200;
const maxCleaned = 10_000;

type Row = Pick<Claim, 'claimHash' | 'requestHash' | 'holder'> & { readonly answer: string | null };

function claimedBy(claim: Claim, row: Row | undefined): Claimed {
  if (!row) return { kind: 'atWork' };
  if (row.holder === claim.holder) return { kind: 'ours' };
  if (row.requestHash !== claim.requestHash) return { kind: 'other' };
  return row.answer === null ? { kind: 'atWork' } : { kind: 'answered', sealed: row.answer };
}

/** Of several with the same key the first; PostgreSQL takes none twice in a statement. */
const firstOfEach = (claims: readonly Claim[]) => [
  ...new Map(claims.toReversed().map((claim) => [claim.claimHash, claim])).values(),
];

async function claimAll(
  { database, clock }: Credentials,
  claims: readonly Claim[],
): Promise<readonly Claimed[]> {
  const nowMs = clock.nowMs();
  // One order for all gateways, or two batches could wait for each other.
  const tried = firstOfEach(claims).toSorted((a, b) => (a.claimHash < b.claimHash ? -1 : 1));
  await database.query`
    insert into gateway.idempotent_answers as had
      (claim_hash, request_hash, holder, claimed_at)
    select claim_hash, request_hash, holder, ${new Date(nowMs)}::timestamptz
    from unnest(${tried.map(({ claimHash }) => claimHash)}::text[],
      ${tried.map(({ requestHash }) => requestHash)}::text[],
      ${tried.map(({ holder }) => holder)}::text[]) as tried (claim_hash, request_hash, holder)
    on conflict (claim_hash) do update set request_hash = excluded.request_hash,
      holder = excluded.holder, claimed_at = excluded.claimed_at, answer = null
    where had.claimed_at <= ${new Date(nowMs - keptMs)}::timestamptz
      or (had.answer is null and had.request_hash = excluded.request_hash
        and had.claimed_at <= ${new Date(nowMs - abandonedMs)}::timestamptz)`;
  const rows = await database.query<Row>`
    select claim_hash as "claimHash", request_hash as "requestHash", holder, answer
    from gateway.idempotent_answers
    where claim_hash = any(${tried.map(({ claimHash }) => claimHash)}::text[])`;
  const found = new Map(rows.map((row) => [row.claimHash, row]));
  return claims.map((claim) => claimedBy(claim, found.get(claim.claimHash)));
}

type Kept = { readonly claim: Claim; readonly sealed: string };

/**
 * Whoever took a claim over keeps its own answer: the holder must still be the same. Rows are
 * locked in the order of claims, for the same reason as there.
 */
async function keepAll({ database }: Credentials, kept: readonly Kept[]): Promise<readonly null[]> {
  await database.query`
    update gateway.idempotent_answers as had set answer = kept.answer
    from (
      select own.claim_hash, given.answer from gateway.idempotent_answers as own
      join unnest(${kept.map(({ claim }) => claim.claimHash)}::text[],
        ${kept.map(({ claim }) => claim.holder)}::text[],
        ${kept.map(({ sealed }) => sealed)}::text[]) as given (claim_hash, holder, answer)
        on own.claim_hash = given.claim_hash and own.holder = given.holder
      order by own.claim_hash for update of own) as kept
    where had.claim_hash = kept.claim_hash`;
  return kept.map(() => null);
}

/** Claims and answers that come at the same time go to PostgreSQL together. */
export function openIdempotentAnswers(credentials: Credentials): IdempotentAnswers {
  const { database, clock } = credentials;
  const claim = batched((claims: readonly Claim[]) => claimAll(credentials, claims), maxBatch);
  const keep = batched((kept: readonly Kept[]) => keepAll(credentials, kept), maxBatch);
  return {
    claim,
    async keep(claimed, sealed) {
      await keep({ claim: claimed, sealed });
    },
    async release({ claimHash, holder }) {
      await database.query`
        delete from gateway.idempotent_answers
        where claim_hash = ${claimHash} and holder = ${holder} and answer is null`;
    },
    async clean() {
      await database.query`
        delete from gateway.idempotent_answers where claim_hash in (
          select claim_hash from gateway.idempotent_answers
          where claimed_at <= ${new Date(clock.nowMs() - keptMs)} limit ${maxCleaned}
          for update skip locked)`;
    },
  };
}
