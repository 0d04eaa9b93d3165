// What the pages do beyond links and forms. Without any of it they still work.

import { listenToCopy } from './copy.js';
import { showLink } from './live.js';
import { listenToForms } from './send.js';
import { localizeTimes } from './times.js';

/** Only where there is one: most pages need no library for it. */
async function drawChartsOf(root) {
  if (root.querySelector('.plot') === null) return;
  const { drawCharts } = await import('./charts.js');
  drawCharts(root);
}

function refresh() {
  localizeTimes(document);
  void drawChartsOf(document);
}

refresh();
// On a phone the sections are one line that can be pushed along.
const section = document.querySelector('.rail [aria-current]');
section?.scrollIntoView({ block: 'nearest', inline: 'center' });
listenToCopy();
listenToForms();
showLink();
// After each part that came anew.
document.addEventListener('htmx:after:swap', refresh);
document.addEventListener('htmx:sse:after:message', refresh);
