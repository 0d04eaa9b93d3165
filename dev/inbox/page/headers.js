import { el } from './dom.js';

/** Names and values, as the server gives them. */
export function headerList(headers) {
  const lines = Object.entries(headers).map(([name, value]) => [
    el('dt', {}, name),
    el('dd', {}, value),
  ]);
  return el('dl', { class: 'headers' }, lines.flat());
}

/** What is worth a look only sometimes. */
export function behind(title, content) {
  return el('details', { class: 'behind' }, el('summary', {}, title), content);
}
