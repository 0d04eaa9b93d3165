// The page is a projection of one query: after every change it asks for the newest summaries that
// match the channel and the search, and brings the list to them. It keeps no messages of its own.

import { clearMessages, fetchSummaries, watchState } from './api.js';
import { byId } from './dom.js';
import { listenToKeys, showKeys } from './keys.js';
import { forgetRows, MAX_ROWS, markChosen, PAGE_SIZE, scrollToRow, showList } from './list.js';
import { showMessage, showNote, showWelcome } from './reader.js';
import { currentLanguage, noun, number, say, speak } from './words.js';

// While thousands arrive, the list is redrawn this often and no more.
const REFRESH_PAUSE_MS = 250;
const CLEAR_ARMED_MS = 3000;

const wide = matchMedia('(min-width: 821px)');
const view = { channel: '', search: '', limit: PAGE_SIZE };
const shown = { items: [], total: 0, chosenId: undefined, isWelcome: false };
const refreshing = { isRunning: false, isWanted: false };

async function refresh() {
  refreshing.isWanted = true;
  if (refreshing.isRunning) return;
  refreshing.isRunning = true;
  while (refreshing.isWanted) {
    refreshing.isWanted = false;
    const summaries = await fetchSummaries(view).catch(() => undefined);
    if (summaries !== undefined) draw(summaries);
    await new Promise((resolve) => setTimeout(resolve, REFRESH_PAUSE_MS));
  }
  refreshing.isRunning = false;
}

function draw(summaries) {
  const { counts, received, dropped, items } = summaries;
  const total = counts.email + counts.sms + counts.messenger;
  const wasEmpty = shown.total === 0;
  const isQuiet = total === 0;
  showList(summaries, shown.chosenId);
  Object.assign(shown, { items, total });
  drawCounts(counts, total, received, dropped);
  byId('nothing').hidden = isQuiet || items.length > 0;
  if (isQuiet && !shown.isWelcome) {
    choose(undefined);
    showWelcome();
  }
  shown.isWelcome = isQuiet;
  const newest = items[0]?.id;
  if (newest !== undefined && wasEmpty && shown.chosenId === undefined) greet(newest);
}

/** The first arrival opens by itself where there is room beside the list. */
function greet(id) {
  if (wide.matches) choose(id);
  else choose(undefined);
}

function drawCounts(counts, total, received, dropped) {
  byId('received').textContent = number(received);
  byId('received-word').textContent = noun('received', received);
  byId('dropped').textContent = dropped === 0 ? '' : say('dropped', number(dropped));
  byId('clear').disabled = total === 0;
  document.title = total === 0 ? say('name') : `(${number(total)}) ${say('name')}`;
  for (const button of byId('channels').children) {
    const { channel } = button.dataset;
    button.lastElementChild.textContent = number(channel === '' ? total : counts[channel]);
  }
  for (const strip of byId('ribbon').children) {
    strip.style.setProperty('--share', String(counts[strip.className]));
  }
}

/** The address names the open message, so that "back" closes it and a link opens it. */
function choose(id, { isHistory = false } = {}) {
  shown.chosenId = id;
  const hash = id === undefined ? '#' : `#${id}`;
  if (!isHistory && location.hash !== hash) {
    history[wide.matches ? 'replaceState' : 'pushState'](null, '', hash);
  }
  byId('desk').classList.toggle('open', id !== undefined);
  markChosen(id);
  if (id !== undefined) {
    scrollToRow(id);
    void showMessage(id);
  } else if (shown.total > 0) {
    showNote(say('pick'), say('pickHint'));
  }
}

function chooseFromAddress() {
  choose(location.hash.slice(1) || undefined, { isHistory: true });
}

function move(steps) {
  const { items, chosenId } = shown;
  const at = items.findIndex(({ id }) => id === chosenId);
  const next = items[Math.min(items.length - 1, Math.max(0, at + steps))];
  if (next !== undefined) choose(next.id);
}

function filter(channel) {
  view.channel = channel;
  view.limit = PAGE_SIZE;
  for (const button of byId('channels').children) {
    button.setAttribute('aria-pressed', String(button.dataset.channel === channel));
  }
  byId('list').scrollTop = 0;
  void refresh();
}

function disarmClear() {
  byId('clear').classList.remove('armed');
  byId('clear').textContent = say('clear');
}

async function clear() {
  const button = byId('clear');
  if (!button.classList.contains('armed')) {
    button.classList.add('armed');
    button.textContent = say('clearSure');
    setTimeout(disarmClear, CLEAR_ARMED_MS);
    return;
  }
  disarmClear();
  choose(undefined);
  await clearMessages();
  void refresh();
}

function showLanguage() {
  document.documentElement.lang = currentLanguage();
  for (const node of document.querySelectorAll('[data-word]')) {
    node.textContent = say(node.dataset.word);
  }
  for (const button of byId('languages').children) {
    button.setAttribute('aria-pressed', String(button.dataset.language === currentLanguage()));
  }
  byId('search').placeholder = say('search');
  byId('search').setAttribute('aria-label', say('search'));
  byId('languages').setAttribute('aria-label', say('language'));
  byId('channels').setAttribute('aria-label', say('channels'));
  byId('list').setAttribute('aria-label', say('list'));
  byId('nothing').textContent = say('nothing');
  disarmClear();
  showLink(byId('live').classList.contains('on'));
  showKeys(byId('keys'));
}

function showLink(isOn) {
  byId('live').classList.toggle('on', isOn);
  byId('live-word').textContent = say(isOn ? 'live' : 'lost');
}

function changeLanguage(language) {
  speak(language);
  showLanguage();
  forgetRows();
  byId('list').replaceChildren();
  shown.isWelcome = false;
  choose(shown.chosenId, { isHistory: true });
  void refresh();
}

function listen() {
  byId('list').addEventListener('click', ({ target }) => {
    const row = target.closest('.row');
    if (row !== null) choose(row.dataset.id);
  });
  byId('channels').addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button !== null) filter(button.dataset.channel);
  });
  byId('search').addEventListener('input', ({ target }) => {
    view.search = target.value.trim();
    view.limit = PAGE_SIZE;
    void refresh();
  });
  byId('more').addEventListener('click', ({ target }) => {
    if (target.closest('button') === null) return;
    view.limit = Math.min(view.limit + PAGE_SIZE, MAX_ROWS);
    void refresh();
  });
  byId('languages').addEventListener('click', ({ target }) => {
    const button = target.closest('button');
    if (button !== null) changeLanguage(button.dataset.language);
  });
  byId('clear').addEventListener('click', () => void clear());
  addEventListener('popstate', chooseFromAddress);
  listenToKeys({ move, filter, close: () => choose(undefined), search: byId('search') });
}

showLanguage();
listen();
if (location.hash.length > 1) chooseFromAddress();
void refresh();
watchState(() => void refresh(), showLink);
