// A file is read here, into the field that it stands for, so that people see what they send.

import { fillFrames } from './frames.js';

const MAX_BYTES = 1024 * 1024;

async function readInto(input) {
  const note = document.getElementById('file-note');
  const [file] = input.files;
  if (!file) return;
  if (file.size > MAX_BYTES) {
    note.textContent = input.dataset.tooLarge;
    return;
  }
  const field = document.getElementById(input.dataset.into);
  field.value = await file.text();
  note.textContent = file.name;
  // As if it had been typed: what counts it listens to that.
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

export function listenToForms() {
  fillFrames(document.querySelectorAll('.sample .frame-form'));
  document.addEventListener('change', ({ target }) => {
    if (target.matches('input[type=file][data-into]')) void readInto(target);
  });
  // Enter in a search finds, as typing does; it does not leave the form.
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.target.matches('form.send input[type=search]')) {
      event.preventDefault();
    }
  });
}
