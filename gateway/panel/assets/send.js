// A file is read here, into the field that it stands for, so that people see what they send.

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

/** Sends what a sample shows into its frame; the button for that is put away. */
function fillFrames() {
  for (const form of document.querySelectorAll('.sample .frame-form')) {
    form.querySelector('button').hidden = true;
    form.submit();
  }
}

export function listenToForms() {
  fillFrames();
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
