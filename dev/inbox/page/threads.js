import { el } from './dom.js';
import { shield } from './emblems.js';
import { behind, headerList } from './headers.js';
import { telegramNodes } from './telegram-text.js';
import { counted, moment, number, say, shortTime } from './words.js';

/** More of a conversation than a screen shows; the rest is in the list. */
export const THREAD_LENGTH = 30;

// A text of 1,600 characters in Cyrillic has 24 parts; a drawing of more says nothing.
const MAX_DRAWN_PARTS = 30;

/** An SMS on a phone, among those before and after it, and how the network cuts it. */
export function phoneOf(sms, thread) {
  const { smsParts } = sms;
  const facts = [
    [say('to'), sms.to],
    [say('from'), sms.from],
    [say('at'), moment(sms.receivedAt)],
    [say('encoding'), smsParts.encoding],
    [say('units'), say('unitsOf', number(smsParts.units), number(roomOf(smsParts)))],
    [say('perPart'), number(smsParts.unitsPerPart)],
  ];
  const cut = say('smsCut', counted('parts', smsParts.parts));
  return el(
    'article',
    { class: 'handheld sms' },
    screenOf(sms, thread, { title: sms.from, under: sms.to }),
    el(
      'div',
      { class: 'beside' },
      el('h2', {}, smsParts.parts === 1 ? say('smsFits') : cut),
      el('p', {}, say(smsParts.encoding === 'GSM-7' ? 'gsm' : 'ucs')),
      partsDrawing(smsParts),
      factList(facts),
      behind(say('headers'), headerList(sms.headers)),
    ),
  );
}

/** A message of the bot in its chat. */
export function chatOf(message, thread) {
  const facts = [
    [say('chat'), message.to],
    [say('from'), message.from],
    [say('at'), moment(message.receivedAt)],
  ];
  const source = el('pre', { class: 'source' }, message.html ?? '');
  return el(
    'article',
    { class: 'handheld chat messenger' },
    screenOf(message, thread, { title: message.from, under: `${say('chat')} ${message.to}` }),
    el(
      'div',
      { class: 'beside' },
      el('h2', {}, say('chatTitle')),
      factList(facts),
      message.html === null ? undefined : behind(say('sentAs'), source),
      behind(say('headers'), headerList(message.headers)),
    ),
  );
}

function screenOf(chosen, thread, { title, under }) {
  const bubbles = thread.map((message) => bubbleOf(message, message.id === chosen.id));
  return el(
    'div',
    { class: 'phone' },
    el(
      'div',
      { class: 'phone-bar' },
      shield(chosen.channel),
      el('div', {}, el('b', {}, title), el('small', {}, under)),
    ),
    el('div', { class: 'thread' }, bubbles),
  );
}

function bubbleOf(message, isChosen) {
  return el(
    'div',
    { class: `bubble${isChosen ? ' chosen' : ''}`, 'aria-current': isChosen && 'true' },
    message.channel === 'messenger' ? telegramNodes(message) : message.text,
    el('time', { datetime: message.receivedAt }, shortTime(message.receivedAt)),
  );
}

function partsDrawing({ units, unitsPerPart, parts }) {
  const drawn = Array.from({ length: Math.min(parts, MAX_DRAWN_PARTS) }, (_, index) => {
    const filled = Math.min(1, (units - index * unitsPerPart) / unitsPerPart);
    const fill = el('i');
    // Through the object model, because the page's policy allows no style attribute.
    fill.style.setProperty('--filled', `${Math.max(0, filled) * 100}%`);
    return el('div', { class: 'part' }, fill);
  });
  return el('div', { class: 'parts', 'aria-hidden': 'true' }, drawn);
}

function roomOf({ unitsPerPart, parts }) {
  return unitsPerPart * parts;
}

function factList(facts) {
  const lines = facts.map(([name, value]) => [el('dt', {}, name), el('dd', {}, value ?? '—')]);
  return el('dl', { class: 'facts' }, lines.flat());
}
