import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { type Door, mayAnswer, retryAfterSeconds } from './door.ts';
import type { Fault } from './faults.ts';
import { readMail } from './mail-reader.ts';

/** 1 MiB: a notification is a few KiB, and the inbox keeps everything in memory. */
const MAX_MAIL_BYTES = 1_024 * 1_024;

/** A pooled nodemailer opens 5 per process. */
const MAX_CONNECTIONS = 200;

export type SmtpDoor = { readonly port: number; close(): Promise<void> };

/** An SMTP reply that is no success; `responseCode` is the property that smtp-server reads. */
type Reply = Error & { responseCode: number };

/**
 * Speaks SMTP (RFC 5321) to whoever connects, takes any user and password, and keeps one message
 * per recipient, as their mailboxes would. No STARTTLS: the server has no certificate worth it.
 */
export async function openSmtpDoor(door: Door, host: string, port: number): Promise<SmtpDoor> {
  const sockets = new Map<string, Socket>();
  // One attempt to reach one recipient uses up one fault, whichever command it is answered at.
  const pending = new WeakMap<SMTPServerSession, Fault[]>();
  const server = new SMTPServer({
    size: MAX_MAIL_BYTES,
    maxClients: MAX_CONNECTIONS,
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onAuth: (auth, _session, done) => done(null, { user: auth.username }),
    onMailFrom(_address, session, done) {
      pending.set(session, []);
      done();
    },
    onRcptTo({ address }, session, done) {
      const fault = door.faults.take('email', address);
      if (fault === undefined) return done();
      if (isAnsweredAtRecipient(fault)) return done(refusalOf(fault));
      pending.get(session)?.push(fault);
      return done();
    },
    onData(stream, session, done) {
      const fault = pending.get(session)?.[0];
      const socket = sockets.get(peerOf(session));
      takeMail(door, stream, session, fault).then((answer) => {
        if (answer === 'cut') socket?.destroy();
        else done(answer);
      }, done);
    },
  });
  server.server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    sockets.set(peer, socket);
    socket.once('close', () => sockets.delete(peer));
  });
  // A client that hangs up in the middle is its own business; without a listener it would throw.
  // What goes wrong with listening itself comes from below, through `once`.
  server.on('error', () => undefined);
  const listening = once(server.server, 'listening');
  server.listen(port, host);
  await listening;
  return {
    port: (server.server.address() as AddressInfo).port,
    async close() {
      const closed = once(server.server, 'close');
      server.close();
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}

function peerOf(peer: { remoteAddress?: string | undefined; remotePort?: number | undefined }) {
  return `${peer.remoteAddress?.replace(/^::ffff:/iu, '')}:${peer.remotePort}`;
}

function isAnsweredAtRecipient(
  fault: Fault,
): fault is Extract<Fault, { kind: 'status' | 'throttled' }> {
  return fault.kind === 'throttled' || (fault.kind === 'status' && fault.stage !== 'data');
}

/** Reads one mail to its end and says what to answer: nothing (250), a refusal, or a cut. */
async function takeMail(
  door: Door,
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  fault: Fault | undefined,
): Promise<Reply | undefined | 'cut'> {
  const source = await readBounded(stream);
  if (source === undefined) return replyOf(552, '5.3.4', 'Message exceeds fixed maximum size');
  const mail = await readMail(source);
  if (fault?.kind === 'status') return refusalOf(fault);
  for (const { address } of session.envelope.rcptTo) {
    door.store.add({ channel: 'email', ...mail, to: address, smsParts: null });
  }
  return (await mayAnswer(fault, door)) ? undefined : 'cut';
}

/** Undefined for a mail over the limit: it is read to its end, as SMTP wants, but not held. */
async function readBounded(stream: SMTPServerDataStream): Promise<Buffer | undefined> {
  let chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (stream.sizeExceeded) chunks = [];
    else chunks.push(chunk);
  }
  return stream.sizeExceeded ? undefined : Buffer.concat(chunks);
}

function refusalOf(fault: Extract<Fault, { kind: 'status' | 'throttled' }>): Reply {
  if (fault.kind === 'throttled') {
    const seconds = retryAfterSeconds(fault);
    return replyOf(451, '4.7.1', `Too many messages, try again in ${seconds} seconds`);
  }
  const { status, code, message = 'Scripted by the inbox' } = fault;
  return replyOf(status, code, message);
}

function replyOf(responseCode: number, enhanced: string | number | undefined, text: string): Reply {
  const message = enhanced === undefined ? text : `${enhanced} ${text}`;
  return Object.assign(new Error(message), { responseCode });
}
