// Times come in UTC; here they become those of the viewer's zone.

const language = document.documentElement.lang;
// 24 hours in English too: these are moments of a log, not of an appointment.
const clock = { hourCycle: 'h23' };
const tag = language === 'en' ? 'en-GB' : language;
const minute = { hour: '2-digit', minute: '2-digit', ...clock };
const thisYear = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', ...minute });
const moment = new Intl.DateTimeFormat(tag, { dateStyle: 'medium', timeStyle: 'short', ...clock });
const exact = new Intl.DateTimeFormat(tag, { dateStyle: 'full', timeStyle: 'long', ...clock });
const today = new Intl.DateTimeFormat(tag, { timeStyle: 'medium', ...clock });

function formatFor(date) {
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return today;
  return date.getFullYear() === now.getFullYear() ? thisYear : moment;
}

/** Writes every time below a node for whoever looks at it; the exact one is in its title. */
export function localizeTimes(root) {
  for (const node of root.querySelectorAll('time[datetime]')) {
    const date = new Date(node.dateTime);
    const text = formatFor(date).format(date);
    if (node.textContent === text) continue;
    node.textContent = text;
    node.title = exact.format(date);
  }
}
