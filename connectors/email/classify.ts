import type { SendResult } from '../channel.ts';
import { numberOf, textOf } from '../thrown.ts';

/** How far a mail had come when the attempt failed. */
export type Progress = {
  /** True once the content was being written, after the server's 354. */
  readonly contentBegun: boolean;
};

/** SMTP names no time. Grey-listing servers want some minutes; a shorter wait burns attempts. */
const retryAfterMs = 60_000;

/** RFC 5321 section 4.2.1: 4yz is for now, 5yz for good. */
const firstRefusal = 400;
const firstPermanent = 500;
const lastReply = 599;
/** Authentication wanted, too weak, failed, or only over TLS (RFC 4954 section 6). */
const authenticationReplies = new Set([530, 534, 535, 538]);
/** The server closes, or has no working authentication just now: every mail would meet that. */
const serverBusyReplies = new Set([421, 454]);
/** The session was in the wrong state; the mail itself was not judged (RFC 5321 4.2.2). */
const badSequenceReply = 503;
/** RFC 3463: the subject of x.3.x is the mail system, of x.1.7 and x.1.8 the sender. */
const systemStatus = /^4\.3\./;
const senderStatus = /^5\.1\.[78]$/;
const enhancedStatus = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})(?:\s|$)/;

/** nodemailer's codes (nodemailer.com/errors) for what is wrong with us and not with a mail. */
const configurationCodes: ReadonlySet<string> = new Set([
  'EAUTH',
  'ENOAUTH',
  'EOAUTH2',
  'ETLS',
  'EREQUIRETLS',
  'ECONFIG',
  'EPROXY',
]);
const connectionCodes: ReadonlySet<string> = new Set([
  'ECONNECTION',
  'ETIMEDOUT',
  'ESOCKET',
  'EDNS',
  'EPROTOCOL',
  'EABORT',
]);
/** Refused by nodemailer itself: no recipient it can name, or larger than the server takes. */
const messageCodes: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE', 'EMAXRECIPIENTS']);

function classifyReply(error: unknown, reply: number): SendResult {
  const status = enhancedStatus.exec(textOf(error, 'response'))?.[1] ?? '';
  const code = status === '' ? String(reply) : `${reply} ${status}`;
  if (serverBusyReplies.has(reply) || systemStatus.test(status)) {
    return { kind: 'unavailable', code, reason: 'the mail server takes nothing just now' };
  }
  if (reply === badSequenceReply || reply < firstPermanent) {
    return { kind: 'throttled', code, reason: 'the mail server put it off', retryAfterMs };
  }
  if (authenticationReplies.has(reply) || textOf(error, 'code') === 'EAUTH') {
    return { kind: 'misconfigured', code, reason: 'the mail server refused the log-in' };
  }
  if (textOf(error, 'command') === 'MAIL FROM' || senderStatus.test(status)) {
    return { kind: 'misconfigured', code, reason: 'the mail server refused the sender' };
  }
  return { kind: 'rejected', code, reason: 'the mail server refused the mail for good' };
}

/**
 * What an error of nodemailer means. A reply of the server is always an answer, so the mail did
 * not go out. Without one everything hangs on whether its content had begun: before, a server
 * cannot have taken it (RFC 5321 section 3.3); after, it may have.
 */
export function classify(error: unknown, { contentBegun }: Progress): SendResult {
  const reply = numberOf(error, 'responseCode');
  const answered = reply !== null && reply >= firstRefusal && reply <= lastReply;
  if (answered) return classifyReply(error, reply);
  const code = textOf(error, 'code');
  if (contentBegun) {
    const known = connectionCodes.has(code) ? code : 'NO_ANSWER';
    return { kind: 'unknown', code: known, reason: 'the connection ended within the mail' };
  }
  if (configurationCodes.has(code)) {
    return { kind: 'misconfigured', code, reason: 'log-in or encryption did not work' };
  }
  if (connectionCodes.has(code)) {
    return { kind: 'unavailable', code, reason: 'no session with the mail server' };
  }
  if (messageCodes.has(code)) {
    return { kind: 'rejected', code, reason: 'it cannot be sent as it is' };
  }
  return { kind: 'unknown', code: 'UNEXPECTED', reason: 'an error that is not known' };
}
