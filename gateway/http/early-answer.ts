import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, sendProblem } from './problem.ts';

/** Whether a person waits for a page, and no program for an answer of the API. */
export const isForPeople = ({ url, headers }: FastifyRequest): boolean =>
  !url.startsWith('/api/') && headers.accept?.includes('text/html') === true;

const overload = {
  ru: 'Сейчас слишком много запросов. Ничего не записано: попробуйте ещё раз через мгновение.',
  en: 'Too much is asked for just now. Nothing was written: try again in a moment.',
};
const unreadable = {
  ru: 'Такой адрес или запрос прочесть нельзя. Вернитесь и начните с первой страницы.',
  en: 'Such an address or request cannot be read. Go back and begin with the first page.',
};
const serverError = 500;

/** Both languages, for which of them somebody reads is found out later than this. */
function pageOf({ status }: Problem): string {
  const { ru, en } = status >= serverError ? overload : unreadable;
  return [
    `<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>${status} · Вестник</title>`,
    '<meta name="viewport" content="width=device-width"></head><body>',
    `<h1>${status}</h1><p>${ru}</p><p lang="en">${en}</p>`,
    '<p><a href="">Ещё раз · <span lang="en">Again</span></a></p></body></html>',
  ].join('');
}

/**
 * Answers before any page or route is asked: who is a person gets a page, in words and without a
 * single look at PostgreSQL or a session, a program the problem.
 */
export function sendEarly(reply: FastifyReply, problem: Problem): FastifyReply {
  if (!isForPeople(reply.request)) return sendProblem(reply, problem);
  if (problem.retryAfterS !== undefined) reply.header('retry-after', problem.retryAfterS);
  return reply.code(problem.status).type('text/html; charset=utf-8').send(pageOf(problem));
}
