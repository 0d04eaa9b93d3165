// The page of a template: editors, tabs, a draft that saves itself, a preview that goes along.
// Without it there are fields, a button that saves, and the preview of what was saved.

import { keepDraft } from './template-draft.js';
import { editField } from './template-editor.js';
import { lookAlong } from './template-look.js';
import { showAsTabs } from './template-tabs.js';

const form = document.getElementById('draft');
const bench = document.getElementById('workbench');
const readOnly = bench.dataset.readOnly === 'true';
const inserts = JSON.parse(bench.dataset.inserts);
const sections = [...form.querySelectorAll('[data-language]')];
const editors = [...form.querySelectorAll('[data-part]')].map((field) =>
  editField(field, { inserts, readOnly }),
);

let problems = JSON.parse(bench.dataset.problems);
let shown = sections[0];
let lastUsed = null;

const localeOf = (editor) => editor.field.closest('[data-locale]').dataset.locale;
const editorOf = ({ locale, part }) =>
  editors.find((each) => localeOf(each) === locale && each.field.dataset.part === part);

function underline() {
  for (const editor of editors) {
    const { part } = editor.field.dataset;
    const locale = localeOf(editor);
    editor.show(problems.filter((each) => each.locale === locale && each.part === part));
  }
  for (const [index, section] of sections.entries()) {
    const isWrong = problems.some(({ locale }) => locale === section.dataset.locale);
    document.querySelector(`[data-tab="${index}"]`).classList.toggle('wrong', isWrong);
  }
}

const look = lookAlong({
  form,
  path: bench.dataset.path,
  shownLocale: () => shown.dataset.locale,
  onProblems(found) {
    problems = found;
    underline();
  },
});
const draft = readOnly ? null : keepDraft({ form, bench });

const choose = showAsTabs(document.getElementById('tabs'), sections, (section) => {
  const isOther = section !== shown;
  shown = section;
  lastUsed = editors.find(
    (each) => section.contains(each.field) && each.field.dataset.part === 'body',
  );
  if (isOther) void look.now();
});
const added = new URLSearchParams(location.search).get('language')?.toLowerCase();
const places = sections.map(({ dataset }) => dataset.locale.toLowerCase());
const first = places.indexOf(form.elements.locale.value.toLowerCase());
choose(Math.max(0, places.includes(added) ? places.indexOf(added) : first));
underline();

const wishes = new Set(['user_id', 'movie_id', 'comment_id', 'conditions']);
form.addEventListener('input', ({ target }) => {
  look.soon();
  if (!wishes.has(target.name) && !target.name.startsWith('value_')) draft?.changed();
});
form.addEventListener('focusin', ({ target }) => {
  lastUsed = editors.find(({ field }) => field.nextElementSibling === target) ?? lastUsed;
});
document.addEventListener('click', ({ target }) => {
  const { problem } = target.closest('[data-problem]')?.dataset ?? {};
  if (problem === undefined) return;
  const found = problems[Number(problem)];
  const at = sections.findIndex(({ dataset }) => dataset.locale === found.locale);
  if (at >= 0) choose(at);
  editorOf(found)?.focusAt(found.from);
});
for (const button of form.querySelectorAll('[data-insert]')) {
  button.hidden = false;
  button.addEventListener('click', () => lastUsed?.insert(button.dataset.insert));
}
