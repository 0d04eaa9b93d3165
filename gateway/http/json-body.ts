import type { FastifyInstance, FastifyRequest } from 'fastify';
import { badRequest, type Outcome, type Problem, sendProblem } from './problem.ts';

const refused = (problem: Problem): { ok: false; problem: Problem } => ({ ok: false, problem });
const unreadable = (detail: string) => refused({ status: 400, detail });

/** Names of one field each, from the outermost to the innermost. */
type Place = { readonly name: string; readonly inside: Place | null; readonly depth: number };

/** Far deeper than any record; what comes behind this reader may cost stack for each level. */
const maxDepth = 64;

function nameOf(place: Place | null): string {
  const names: string[] = [];
  for (let each = place; each; each = each.inside) names.push(each.name);
  return names.reverse().join('.') || 'body';
}

type Found = { readonly value: unknown; readonly place: Place | null };

function complaintOf({ value, place }: Found): Problem | null {
  const complaint = (message: string) =>
    badRequest({ field: nameOf(place).toWellFormed(), message });
  if (place !== null && place.depth > maxDepth) {
    return badRequest({ field: 'body', message: `is nested deeper than ${maxDepth} levels` });
  }
  const name = place?.name ?? '';
  // Such a field would not be one of an object that is built from it, but its prototype.
  if (name === '__proto__') return complaint('cannot be a field');
  const isText = typeof value !== 'string' || value.isWellFormed();
  if (isText && name.isWellFormed()) return null;
  return complaint('holds half of a surrogate pair, which is no character (RFC 8259, section 8.2)');
}

/** The first thing in a JSON value that no record could hold. Depth costs no stack. */
function firstComplaint(body: unknown): Problem | null {
  const open: Found[] = [{ value: body, place: null }];
  for (let found = open.pop(); found; found = open.pop()) {
    const complaint = complaintOf(found);
    if (complaint) return complaint;
    const { value, place } = found;
    if (typeof value !== 'object' || value === null) continue;
    const depth = (place?.depth ?? 0) + 1;
    for (const [name, inner] of Object.entries(value)) {
      open.push({ value: inner, place: { name, inside: place, depth } });
    }
  }
  return null;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** A body as a value, or what is wrong with it: bytes, syntax, or what no record can hold. */
export function readJson(bytes: Uint8Array): Outcome<unknown> {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return unreadable('The body is not UTF-8.');
  }
  if (text.trim() === '') return unreadable('The body is empty; send JSON.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable('The body is not valid JSON.');
  }
  const complaint = firstComplaint(value);
  return complaint ? refused(complaint) : { ok: true, value };
}

/** JSON has no other encoding (RFC 8259, section 8.1); ASCII is a part of it. */
const charsets = ['utf-8', 'utf8', 'us-ascii'];

/** Why the headers of a request say that its body cannot be read; null: they do not. */
function foreignBody(headers: FastifyRequest['headers']): Problem | null {
  const coding = String(headers['content-encoding'] ?? '').trim();
  if (coding !== '' && coding.toLowerCase() !== 'identity') {
    const detail = `The body has Content-Encoding ${coding}; send it as it is, without one.`;
    return { status: 415, detail };
  }
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(headers['content-type'] ?? '')?.[1];
  if (charset === undefined || charsets.includes(charset.toLowerCase())) return null;
  return { status: 415, detail: `The body has charset ${charset}; JSON is UTF-8.` };
}

/**
 * Takes bodies of JSON, and refuses with the reason what only looks like it. The framework's own
 * reader takes any encoding for UTF-8, and calls all that it refuses invalid JSON.
 */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.addHook('preParsing', (request, reply, _payload, done) => {
    const problem = request.routeOptions.schema?.body ? foreignBody(request.headers) : null;
    if (problem) sendProblem(reply.header('accept-encoding', 'identity'), problem);
    else done();
  });
  app.addHook('preValidation', (request, reply, done) => {
    if (!Buffer.isBuffer(request.body)) return done();
    const read = readJson(request.body);
    if (!read.ok) return sendProblem(reply, read.problem);
    request.body = read.value;
    done();
  });
}
