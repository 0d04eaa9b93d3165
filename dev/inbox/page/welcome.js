import { el } from './dom.js';
import { horn } from './emblems.js';
import { say } from './words.js';

const COPIED_SHOWN_MS = 1500;

/** Nothing has come yet: what to do about it, ready to paste. */
export function welcome() {
  return el(
    'div',
    { class: 'welcome' },
    horn(),
    el('h2', {}, say('quiet')),
    el('p', {}, say('quietHint')),
    el('h3', {}, say('tryDemo')),
    command('npm run demo'),
    el('h3', {}, say('tryApi')),
    command(
      [
        'curl -X POST http://localhost:8080/api/v1/notifications/email \\',
        '  -H "Authorization: Bearer $(cat .data/api-key)" \\',
        "  -H 'Content-Type: application/json' \\",
        `  -d '{"template_id":"1","movie_id":"1","user_ids":"1, 2, 3"}'`,
      ].join('\n'),
    ),
    el('h3', {}, say('tryDirect')),
    command(
      [
        `curl ${location.origin}/bot1:development/sendMessage \\`,
        `  -d chat_id=1 --data-urlencode 'text=${say('hello')}'`,
      ].join('\n'),
    ),
  );
}

/** A short word in the place of the reader. */
export function note(title, hint) {
  return el('div', { class: 'welcome' }, horn(), el('h2', {}, title), el('p', {}, hint));
}

function command(text) {
  const button = el('button', { type: 'button', click: copy }, say('copy'));

  async function copy() {
    await navigator.clipboard.writeText(text);
    button.textContent = say('copied');
    setTimeout(() => {
      button.textContent = say('copy');
    }, COPIED_SHOWN_MS);
  }

  return el('div', { class: 'command' }, el('pre', {}, text), button);
}
