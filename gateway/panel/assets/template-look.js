// What is wrong and what people would see, asked for as one types.

import { fillFrames } from './frames.js';

const TYPING_MS = 350;
const LOADED_MS = 600;

const loaded = (frame) =>
  new Promise((resolve) => {
    frame.addEventListener('load', resolve, { once: true });
    setTimeout(resolve, LOADED_MS);
  });

/** Shows a new preview when its frames are there, so that nothing flickers. */
async function swapPreview(place, html) {
  const next = document.createElement('div');
  next.className = 'incoming';
  next.innerHTML = html;
  // Names of frames are those of the whole page, and the former ones are still shown.
  for (const [index, frame] of next.querySelectorAll('iframe').entries()) {
    const name = `frame-${performance.now()}-${index}`;
    frame.name = name;
    next.querySelectorAll('.frame-form')[index].target = name;
  }
  const opened = [...place.querySelectorAll('details')].map(({ open }) => open);
  for (const [index, details] of next.querySelectorAll('details').entries()) {
    details.open = opened[index] ?? false;
  }
  place.append(next);
  fillFrames(next.querySelectorAll('.frame-form'));
  await Promise.all([...next.querySelectorAll('iframe')].map(loaded));
  for (const child of [...place.children]) if (child !== next) child.remove();
  next.className = '';
}

export function lookAlong({ form, path, shownLocale, onProblems }) {
  const preview = document.getElementById('preview');
  const problems = document.getElementById('problems');
  let asked = null;
  let timer = 0;

  async function look() {
    asked?.abort();
    const mine = new AbortController();
    asked = mine;
    const body = new URLSearchParams(new FormData(form));
    body.set('shown', shownLocale());
    const headers = { accept: 'application/json' };
    const { signal } = mine;
    const answer = await fetch(`${path}/look`, { method: 'POST', body, headers, signal })
      .then((response) => (response.ok && !response.redirected ? response.json() : null))
      .catch(() => null);
    if (answer === null || signal.aborted) return;
    if (problems.innerHTML !== answer.problemsHtml) problems.innerHTML = answer.problemsHtml;
    onProblems(answer.problems);
    await swapPreview(preview, answer.previewHtml);
  }

  fillFrames(preview.querySelectorAll('.frame-form'));
  return {
    soon() {
      clearTimeout(timer);
      timer = setTimeout(look, TYPING_MS);
    },
    now: look,
  };
}
