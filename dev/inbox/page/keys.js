import { el } from './dom.js';
import { say } from './words.js';

const PAGE_STEPS = 8;
const channelsByKey = { 1: '', 2: 'email', 3: 'sms', 4: 'messenger' };
const stepsByKey = {
  ArrowDown: 1,
  ArrowUp: -1,
  j: 1,
  k: -1,
  PageDown: PAGE_STEPS,
  PageUp: -PAGE_STEPS,
};

/** The whole page by keyboard; letters are for reading only while nobody types into the search. */
export function listenToKeys({ move, filter, close, search }) {
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target === search;
    if (isTyping && !['Escape', 'ArrowDown', 'ArrowUp'].includes(event.key)) return;
    if (event.key === 'Escape') return isTyping ? search.blur() : close();
    // Inside the reader the arrows scroll.
    if (event.target.closest('.reader') !== null && event.key.length > 1) return;
    const steps = stepsByKey[event.key];
    const channel = channelsByKey[event.key];
    if (steps !== undefined) move(steps);
    else if (channel !== undefined) filter(channel);
    else if (event.key === '/') search.focus();
    else return;
    event.preventDefault();
  });
}

/** The legend under the list. */
export function showKeys(place) {
  const legend = [
    [['↑', '↓'], 'keyMove'],
    [['/'], 'keySearch'],
    [['1', '–', '4'], 'keyFilter'],
    [['Esc'], 'keyClose'],
  ].map(([keys, word]) =>
    el(
      'span',
      {},
      keys.map((key) => (key === '–' ? '–' : el('kbd', {}, key))),
      ` ${say(word)}`,
    ),
  );
  place.replaceChildren(...legend);
}
