import { fetchMessage, fetchThread } from './api.js';
import { byId, el } from './dom.js';
import { letterOf } from './letter.js';
import { chatOf, phoneOf, THREAD_LENGTH } from './threads.js';
import { note, welcome } from './welcome.js';
import { say } from './words.js';

// The newest wish wins: a slow answer to an older one must not replace it.
let wish = new AbortController();

/** Shows one message as what it is. */
export async function showMessage(id) {
  wish.abort();
  wish = new AbortController();
  try {
    await open(id, wish.signal);
  } catch (error) {
    // Overtaken, or the server is away; the masthead tells the latter.
    if (!wish.signal.aborted && !(error instanceof TypeError) && error.name !== 'AbortError') {
      throw error;
    }
  }
}

async function open(id, signal) {
  const message = await fetchMessage(id, signal);
  if (message === undefined) return showNote(say('gone'), say('goneHint'));
  if (message.channel === 'email') return fill(letterOf(message));
  const thread = (await fetchThread(message, THREAD_LENGTH, signal)) ?? [];
  // A message older than the end of a long conversation is shown alone.
  const around = thread.some((other) => other.id === id) ? thread : [message];
  fill(message.channel === 'sms' ? phoneOf(message, around) : chatOf(message, around));
  byId('reader').querySelector('.chosen')?.scrollIntoView({ block: 'nearest' });
}

export function showWelcome() {
  wish.abort();
  place(welcome(), false);
}

export function showNote(title, hint) {
  wish.abort();
  place(note(title, hint), false);
}

function fill(content) {
  place(
    el('div', { class: 'sheet' }, el('a', { class: 'back', href: '#' }, say('back')), content),
    true,
  );
}

function place(content, isMessage) {
  const reader = byId('reader');
  reader.classList.toggle('message', isMessage);
  reader.replaceChildren(content);
  reader.scrollTop = 0;
}
