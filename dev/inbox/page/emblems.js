import { svg } from './dom.js';

const outline = 'M1.500 1.500h27v16c0 7.500-5.500 12.500-13.500 15-8-2.500-13.500-7.500-13.500-15z';

// What a shield bears: a letter, a phone, a word.
const charges = {
  email: 'M8 10.500h14v10H8zM8.500 11l6.500 5.500 6.500-5.500',
  sms: 'M11 7.500h8v15.500h-8zM14 20.500h2',
  messenger: 'M8 10h14v9h-7.500l-3.500 3.500V19H8z',
};

/** The arms of a channel: its tincture, the hatching of that tincture, and what it carries. */
export function shield(channel) {
  return svg(
    'svg',
    { class: `shield ${channel}`, viewBox: '0 0 30 34', 'aria-hidden': 'true' },
    svg('path', { class: 'field', d: outline }),
    svg('path', { fill: `url(#hatch-${channel})`, d: outline }),
    svg('path', { class: 'charge', d: charges[channel] }),
  );
}

/** A copy of the herald's trumpet in the masthead. */
export function horn() {
  return document.querySelector('.masthead .horn').cloneNode(true);
}

/** A cancelled stamp: the day and the minute in a ring, and the waves of the machine. */
export function postmark({ ring, day, hour }) {
  const waves = [30, 42, 54, 66].map((y) =>
    svg('path', { class: 'waves', d: `M2 ${y}q6-6 12 0t12 0 12 0 12 0 12 0` }),
  );
  return svg(
    'svg',
    { class: 'postmark', viewBox: '0 0 150 96', 'aria-hidden': 'true' },
    waves,
    svg(
      'g',
      { transform: 'translate(104 48) rotate(-9)' },
      svg('circle', { r: 43 }),
      svg('circle', { r: 28 }),
      svg('path', { id: 'ring', d: 'M0 32.500a32.500 32.500 0 1 1 .01 0', fill: 'none' }),
      svg(
        'text',
        { class: 'ring', textLength: 196, lengthAdjust: 'spacing' },
        svg('textPath', { href: '#ring' }, ring),
      ),
      svg('text', { class: 'day', 'text-anchor': 'middle', y: -1 }, day),
      svg('text', { class: 'hour', 'text-anchor': 'middle', y: 13 }, hour),
    ),
  );
}
