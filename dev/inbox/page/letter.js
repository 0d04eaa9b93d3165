import { el } from './dom.js';
import { postmark } from './emblems.js';
import { headerList } from './headers.js';
import { day, moment, say, shortTime } from './words.js';

// Remembered from mail to mail: who compares the sources of several wants the same view.
let lastView = 'viewMail';

/** An e-mail as a letter: envelope, postmark, and its four views. */
export function letterOf(mail) {
  const views = viewsOf(mail);
  const place = el('div', { class: 'view', role: 'tabpanel' });
  const tabs = Object.keys(views).map((name) =>
    el(
      'button',
      { type: 'button', role: 'tab', 'data-view': name, click: () => open(name) },
      say(name),
    ),
  );

  function open(name) {
    lastView = name;
    for (const tab of tabs) tab.setAttribute('aria-selected', String(tab.dataset.view === name));
    place.replaceChildren(views[name]());
  }

  open(lastView in views ? lastView : Object.keys(views)[0]);
  return el(
    'article',
    { class: 'letter email' },
    letterHead(mail),
    el('div', { class: 'views', role: 'tablist' }, tabs),
    place,
  );
}

function letterHead({ subject, from, to, receivedAt }) {
  return el(
    'div',
    { class: 'letter-head' },
    el('h2', {}, subject || say('noSubject')),
    el(
      'dl',
      { class: 'envelope' },
      el('dt', {}, say('from')),
      el('dd', {}, senderOf(from ?? '—')),
      el('dt', {}, say('to')),
      el('dd', {}, to),
      el('dt', {}, say('at')),
      el('dd', {}, moment(receivedAt)),
    ),
    postmark({
      ring: `${say('name')} · ${say('email')} · ${say('name')} · ${say('email')} ·`.toUpperCase(),
      day: day(receivedAt),
      hour: shortTime(receivedAt),
    }),
  );
}

/** `"Name" <address>` as two things; whatever is written otherwise stays one. */
function senderOf(from) {
  const [, name, address] = /^"?(.+?)"? <(.+)>$/u.exec(from) ?? [];
  return name === undefined ? [from] : [`${name} `, el('small', {}, address)];
}

function viewsOf({ id, html, text, headers }) {
  const plain = {
    viewText: () => el('pre', {}, text || say('noText')),
    viewHeaders: () => headerList(headers),
  };
  if (html === null) return plain;
  return {
    viewMail: () => frameOf(id),
    ...plain,
    viewSource: () => el('pre', { class: 'source' }, html),
  };
}

/** The mail's own document, cut off from this one: no scripts, no forms, an origin of its own. */
function frameOf(id) {
  return el('iframe', {
    src: `/mail/${encodeURIComponent(id)}`,
    sandbox: 'allow-popups allow-popups-to-escape-sandbox',
    referrerpolicy: 'no-referrer',
    title: say('viewMail'),
  });
}
