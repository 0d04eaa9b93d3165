// Says in the masthead whether what is shown comes by itself.

export function showLink() {
  const light = document.getElementById('live');
  const show = (isOn) => {
    light.hidden = false;
    light.classList.toggle('on', isOn);
    const text = isOn ? light.dataset.live : light.dataset.lost;
    const words = light.querySelector('span');
    // A role of status is read out whenever its text is set, even to what it was.
    if (words.textContent !== text) words.textContent = text;
  };
  document.addEventListener('htmx:sse:after:connection', () => show(true));
  document.addEventListener('htmx:sse:after:message', () => show(true));
  document.addEventListener('htmx:sse:error', () => show(false));
  document.addEventListener('htmx:sse:close', ({ detail }) => {
    // What is over has nothing more to say.
    if (detail.reason === 'message') light.hidden = true;
    else show(false);
  });
}
