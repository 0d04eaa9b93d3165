// What the pages do beyond links and forms. Without any of it they still work.

import { drawCharts } from './charts.js';
import { listenToCopy } from './copy.js';
import { showLink } from './live.js';
import { localizeTimes } from './times.js';

function refresh() {
  localizeTimes(document);
  drawCharts(document);
}

refresh();
listenToCopy();
showLink();
// After each part that came anew.
document.addEventListener('htmx:after:swap', refresh);
document.addEventListener('htmx:sse:after:message', refresh);
