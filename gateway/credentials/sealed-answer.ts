import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';

/** What was answered to a request, as it is given again. */
export type KeptAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const algorithm = 'aes-256-gcm';
const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const purpose = 'vestnik idempotent answer';

const keyOf = (secret: string, claimHash: string) =>
  Buffer.from(hkdfSync('sha256', secret, claimHash, purpose, keyBytes));

/**
 * Seals an answer with the secret of whoever asked: an answer may hold a secret itself, that of a
 * new API key, and nobody who reads the table is to have it. `chance` is a fresh secret: two
 * answers of one claim must not be sealed with the same nonce.
 */
export function sealAnswer(
  answer: KeptAnswer,
  by: { readonly secret: string; readonly claimHash: string; readonly chance: string },
): string {
  const nonce = Buffer.from(by.chance, 'base64url').subarray(0, nonceBytes);
  const cipher = createCipheriv(algorithm, keyOf(by.secret, by.claimHash), nonce);
  const text = cipher.update(JSON.stringify(answer), 'utf8');
  const sealed = [nonce, text, cipher.final()];
  return Buffer.concat([...sealed, cipher.getAuthTag()]).toString('base64');
}

/** The answer; null: it was sealed with another secret. */
export function openAnswer(
  sealed: string,
  by: { readonly secret: string; readonly claimHash: string },
): KeptAnswer | null {
  const bytes = Buffer.from(sealed, 'base64');
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv(algorithm, keyOf(by.secret, by.claimHash), nonce);
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
    return JSON.parse(Buffer.concat([text, decipher.final()]).toString()) as KeptAnswer;
  } catch {
    return null;
  }
}
