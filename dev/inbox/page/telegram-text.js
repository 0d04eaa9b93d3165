import { el } from './dom.js';

// Telegram's tags and what stands for each here; the server has refused all others already, and
// whatever came through all the same is shown as its text.
const elements = {
  B: 'strong',
  STRONG: 'strong',
  I: 'em',
  EM: 'em',
  U: 'u',
  INS: 'u',
  S: 's',
  STRIKE: 's',
  DEL: 's',
  CODE: 'code',
  PRE: 'pre',
  BLOCKQUOTE: 'blockquote',
};

const linkProtocols = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/**
 * The nodes of a Telegram text. The received HTML is parsed into a document that is never shown
 * (it runs no script and loads nothing), and only its text and the tags above are built anew.
 */
export function telegramNodes({ html, text }) {
  if (html === null) return [text];
  const parsed = new DOMParser().parseFromString(html, 'text/html');
  return [...parsed.body.childNodes].map(rebuilt);
}

function rebuilt(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  const children = [...node.childNodes].map(rebuilt);
  const tag = elements[node.nodeName];
  if (tag !== undefined) return el(tag, {}, children);
  if (node.nodeName === 'A') return link(node.getAttribute('href'), children);
  const isSpoiler = node.nodeName === 'TG-SPOILER' || node.className === 'tg-spoiler';
  return el('span', { class: isSpoiler && 'spoiler' }, children);
}

function link(href, children) {
  const isSafe = URL.canParse(href ?? '') && linkProtocols.has(new URL(href).protocol);
  const props = { href, target: '_blank', rel: 'noopener noreferrer' };
  return el('a', isSafe ? props : {}, children);
}
