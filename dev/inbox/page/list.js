import { byId, el } from './dom.js';
import { shield } from './emblems.js';
import { counted, number, say, time } from './words.js';

/** Rows shown at first; "show more" adds as many. */
export const PAGE_SIZE = 150;

/** The most rows ever shown, a dozen nodes each; past them search is the better way. */
export const MAX_ROWS = 900;

// Nodes by message id, so that an arrival makes one node and moves none.
const rows = new Map();

/** Forgets the nodes, for a change of language. */
export function forgetRows() {
  rows.clear();
}

// A row that only comes back by another filter is no news; Infinity until the first list is seen.
let newestSeen = Number.POSITIVE_INFINITY;

/** Brings the list to `summaries`, newest first; marks the chosen one and those that are news. */
export function showList({ items, matching, newest }, chosenId) {
  const list = byId('list');
  const wanted = new Set(items.map(({ id }) => id));
  for (const id of rows.keys()) if (!wanted.has(id)) rows.delete(id);
  items.forEach((summary, index) => {
    const known = rows.get(summary.id);
    const row = known ?? rowOf(summary, Number(summary.id) > newestSeen);
    rows.set(summary.id, row);
    if (list.children[index] !== row) list.insertBefore(row, list.children[index] ?? null);
  });
  while (list.children.length > items.length) list.lastElementChild.remove();
  newestSeen = newest;
  markChosen(chosenId);
  showMore(items.length, matching - items.length);
}

export function markChosen(chosenId) {
  const list = byId('list');
  for (const [id, row] of rows) row.setAttribute('aria-selected', String(id === chosenId));
  if (rows.has(chosenId)) list.setAttribute('aria-activedescendant', rows.get(chosenId).id);
  else list.removeAttribute('aria-activedescendant');
}

export function scrollToRow(id) {
  rows.get(id)?.scrollIntoView({ block: 'nearest' });
}

function showMore(shownCount, hiddenCount) {
  const more = byId('more');
  more.hidden = hiddenCount <= 0;
  more.firstElementChild.textContent = say('moreBelow', number(hiddenCount));
  more.lastElementChild.textContent = say('showMore');
  more.lastElementChild.hidden = shownCount >= MAX_ROWS;
}

function rowOf(summary, isFresh) {
  const { id, channel, to, receivedAt } = summary;
  return el(
    'div',
    {
      id: `row-${id}`,
      class: `row ${channel}${isFresh ? ' fresh' : ''}`,
      role: 'option',
      'data-id': id,
    },
    shield(channel),
    el(
      'div',
      { class: 'row-body' },
      el(
        'div',
        { class: 'row-top' },
        el('span', { class: 'row-to' }, channel === 'messenger' ? `${say('chat')} ${to}` : to),
        el('time', { class: 'row-time', datetime: receivedAt }, time(receivedAt)),
      ),
      channel === 'email' ? mailLines(summary) : bubbleLines(summary),
    ),
  );
}

function mailLines({ subject, snippet }) {
  return [
    el('div', { class: 'row-subject' }, subject || say('noSubject')),
    el('div', { class: 'row-text' }, snippet || say('noText')),
  ];
}

function bubbleLines({ snippet, smsParts }) {
  const bubble = el('div', { class: 'row-bubble' }, el('span', {}, snippet || say('noText')));
  if (smsParts === null) return [bubble];
  const note = `${counted('parts', smsParts.parts)}, ${smsParts.encoding}`;
  return [bubble, el('div', { class: 'row-note' }, note)];
}
