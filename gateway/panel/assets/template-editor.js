// The editor of one field. It lives in a shadow root, whose styles are adopted sheets: the policy
// of the pages forbids style elements. The field itself stays in the form, and is kept equal.

import { templateLanguage } from './template-language.js';
import {
  autocompletion,
  closeCompletion,
  completionKeymap,
} from './vendor/codemirror-autocomplete.js';
import { defaultKeymap, history, historyKeymap } from './vendor/codemirror-commands.js';
import { setDiagnostics } from './vendor/codemirror-lint.js';
import { EditorState } from './vendor/codemirror-state.js';
import { EditorView, keymap, lineNumbers } from './vendor/codemirror-view.js';

const theme = EditorView.theme({
  '&': {
    borderRadius: '7px',
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    fontSize: '14px',
  },
  '&.cm-focused': { outline: '2px solid var(--or)', outlineOffset: '2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.6' },
  '.cm-content': { padding: '9px 0', caretColor: 'var(--ink)' },
  '.cm-line': { padding: '0 12px' },
  '.cm-gutters': {
    backgroundColor: 'var(--sunken)',
    color: 'var(--ink-faint)',
    border: '0',
    borderRadius: '7px 0 0 7px',
  },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '.cm-tooltip': {
    border: '1px solid var(--rule)',
    borderRadius: '8px',
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--sans)', maxHeight: '17em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '4px 12px', lineHeight: '1.5' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--chosen)',
    color: 'var(--ink)',
  },
  '.cm-completionLabel': { fontFamily: 'var(--mono)', fontSize: '13px' },
  '.cm-completionDetail': { color: 'var(--ink-soft)', fontStyle: 'normal' },
  '.cm-diagnostic': { padding: '7px 12px', fontFamily: 'var(--sans)', maxWidth: '46ch' },
});

/** As much as to close an insert that is not closed yet. */
const closing = (after) => (/^[^{]*\}\}/.test(after) ? '' : ' }}');

function completionOf({ name, says, insert }, isFunction) {
  return {
    label: name,
    detail: says,
    type: isFunction ? 'function' : 'variable',
    apply(view, _completion, from, to) {
      const line = view.state.doc.lineAt(to);
      const inner = isFunction ? insert.slice(2, -2) : name;
      const isBlock = inner.startsWith('#');
      const text = isBlock ? `#${name} ` : inner;
      const after = line.text.slice(to - line.from);
      const begin = isBlock && view.state.sliceDoc(from - 1, from) === '#' ? from - 1 : from;
      const whole = text + closing(after);
      view.dispatch({
        changes: { from: begin, to, insert: whole },
        selection: { anchor: begin + text.length + (isBlock ? 0 : closing(after).length) },
        userEvent: 'input.complete',
      });
    },
  };
}

/** The name of a shared part, with the end of what it wraps. */
function partCompletion({ name, says, insert }) {
  return {
    label: name,
    detail: says,
    type: 'class',
    apply(view, _completion, from, to) {
      const line = view.state.doc.lineAt(to);
      const before = line.text.slice(0, from - line.from);
      const wraps = insert.startsWith('{{#>');
      const begin = from - (/(?:#?>\s*)?$/.exec(before)?.[0].length ?? 0);
      const inner = `${wraps ? '#' : ''}> ${name}`;
      const after = closing(line.text.slice(to - line.from)).trim();
      const end = wraps && after !== '' ? `{{/${name}}}` : '';
      view.dispatch({
        changes: { from: begin, to, insert: inner + after + end },
        selection: { anchor: begin + inner.length + after.length },
        userEvent: 'input.complete',
      });
    },
  };
}

/** Names and functions, or shared parts, where an insert is being written. */
function completionsFrom({ names, functions, parts }) {
  const shared = parts.map(partCompletion);
  const all = [
    ...names.map((each) => completionOf(each, false)),
    ...functions.map((each) => completionOf(each, true)),
  ];
  return (context) => {
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    const part = /\{\{#?>\s*([\w-]*)$/.exec(before);
    if (part) {
      return { from: context.pos - part[1].length, options: shared, validFor: /^[\w-]*$/ };
    }
    if (!/\{\{[^}"]*$/.test(before)) return null;
    const word = /\w*$/.exec(before)[0];
    return { from: context.pos - word.length, options: all, validFor: /^\w*$/ };
  };
}

/** A subject is one line: breaks that are pasted become spaces. */
const oneLine = EditorState.transactionFilter.of((transaction) => {
  if (!transaction.docChanged || transaction.newDoc.lines === 1) return transaction;
  const text = transaction.newDoc.toString();
  const changes = [...text.matchAll(/\n/g)].map(({ index }) => ({
    from: index,
    to: index + 1,
    insert: ' ',
  }));
  return [transaction, { changes, sequential: true }];
});

const offsetOf = (doc, { line, column }) => {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(found.from + Math.max(0, column - 1), found.to);
};

/** Puts an editor in the place of a field. */
export function editField(field, { inserts, readOnly }) {
  const isBody = field.dataset.part === 'body';
  const label = document.querySelector(`label[for="${field.id}"]`);
  const host = document.createElement('div');
  host.className = `code ${isBody ? 'code-body' : 'code-line'}`;
  field.after(host);
  field.hidden = true;
  const root = host.attachShadow({ mode: 'open' });
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: field.value,
      extensions: [
        history(),
        autocompletion({ override: [completionsFrom(inserts)], icons: false }),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        templateLanguage,
        theme,
        EditorView.lineWrapping,
        EditorState.readOnly.of(readOnly),
        EditorView.editable.of(true),
        EditorView.contentAttributes.of({
          'aria-label': label.textContent,
          lang: field.lang,
          spellcheck: 'false',
        }),
        isBody ? lineNumbers() : oneLine,
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (!docChanged) return;
          field.value = state.doc.toString();
          field.dispatchEvent(new Event('input', { bubbles: true }));
        }),
      ],
    }),
  });
  label.addEventListener('click', () => view.focus());
  return {
    field,
    focusAt(place) {
      view.dispatch({
        selection: { anchor: offsetOf(view.state.doc, place) },
        scrollIntoView: true,
      });
      view.focus();
    },
    insert(text) {
      closeCompletion(view);
      view.dispatch(view.state.replaceSelection(text), { userEvent: 'input' });
      view.focus();
    },
    /** Underlines each at its place. */
    show(problems) {
      const { doc } = view.state;
      const marks = problems.map(({ from, to, message }) => {
        const start = offsetOf(doc, from);
        const end = Math.max(offsetOf(doc, to), Math.min(start + 1, doc.length));
        return { from: start, to: end, severity: 'error', message };
      });
      view.dispatch(setDiagnostics(view.state, marks));
    },
  };
}
