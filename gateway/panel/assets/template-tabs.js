// Languages as tabs (WAI-ARIA). Without this the languages stand below each other.

export function showAsTabs(list, sections, onChoice) {
  const buttons = [...list.querySelectorAll('[data-tab]')];
  list.setAttribute('role', 'tablist');
  list.hidden = false;

  function choose(index) {
    for (const [at, button] of buttons.entries()) {
      const isChosen = at === index;
      button.setAttribute('aria-selected', String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
      sections[at].hidden = !isChosen;
    }
    onChoice(sections[index]);
  }

  for (const [index, button] of buttons.entries()) {
    const section = sections[index];
    section.id = `language-${index}`;
    section.setAttribute('role', 'tabpanel');
    section.querySelector('.language-name').hidden = true;
    button.id = `tab-${index}`;
    button.setAttribute('role', 'tab');
    button.setAttribute('aria-controls', section.id);
    section.setAttribute('aria-labelledby', button.id);
    button.addEventListener('click', () => choose(index));
    button.addEventListener('keydown', ({ key }) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (step === undefined) return;
      const next = (index + step + buttons.length) % buttons.length;
      choose(next);
      buttons[next].focus();
    });
  }
  return choose;
}
