import { connectTimeoutCode } from '../runtime/connect-agent.ts';
import type { SendResult } from './channel.ts';
import { fieldOf, textOf } from './thrown.ts';

/** Failures on the way to a connection: nothing of the request was written. */
const notConnectedCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  connectTimeoutCode,
]);

/** The peer is not who the URL names: waiting does not help, and nothing was written. */
const untrustedCodes: ReadonlySet<string> = new Set([
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'EPROTO',
]);

/** Codes come from Node and from SDKs; one that is no plain word is not worth repeating. */
const plainCode = /^[A-Z][A-Z0-9_]{0,39}$/;

/**
 * What became of an HTTP request that got no answer. The doubt goes to `unknown`: a cut
 * connection says nothing about what the vendor had read by then.
 */
export function networkFailure(error: unknown): SendResult {
  const named = textOf(error, 'code');
  const code = plainCode.test(named) ? named : 'NO_ANSWER';
  const connecting = [error, fieldOf(error, 'cause')].some(
    (each) => textOf(each, 'syscall') === 'connect',
  );
  if (notConnectedCodes.has(code) || connecting) {
    return { kind: 'unavailable', code, reason: 'no connection to the vendor' };
  }
  if (untrustedCodes.has(code)) {
    return { kind: 'misconfigured', code, reason: "the vendor's certificate cannot be trusted" };
  }
  return {
    kind: 'unknown',
    code,
    reason: 'the connection ended, or time did, before an answer came',
  };
}
