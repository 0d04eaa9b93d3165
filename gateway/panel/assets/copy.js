// Buttons beside a command put it on the clipboard.

const COPIED_SHOWN_MS = 1500;

async function copy(button) {
  const before = button.textContent;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = document.body.dataset.copied;
  setTimeout(() => {
    button.textContent = before;
  }, COPIED_SHOWN_MS);
}

export function listenToCopy() {
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-copy]');
    if (button !== null) void copy(button);
  });
}
