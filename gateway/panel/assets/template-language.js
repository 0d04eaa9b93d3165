// What a template's text is made of, for colours: inserts within words or markup.

import {
  HighlightStyle,
  StreamLanguage,
  syntaxHighlighting,
} from './vendor/codemirror-language.js';
import { tags } from './vendor/lezer-highlight.js';

function insideInsert(stream, state) {
  if (stream.match(/^\}\}\}?/)) {
    state.inInsert = false;
    return 'brace';
  }
  if (stream.eatSpace()) return null;
  if (stream.match(/^"[^"]*"?/) || stream.match(/^'[^']*'?/)) return 'string';
  if (stream.match(/^#?>\s*[\w@-]+/)) return 'keyword';
  if (stream.match(/^[#/]?(?:if|unless|else|each|with)\b/)) return 'keyword';
  if (stream.match(/^(?:url|plural|date)\b/)) return 'operatorKeyword';
  if (stream.match(/^\w+(?==)/)) return 'attributeName';
  if (stream.match(/^\w+/)) return 'variableName';
  stream.next();
  return 'brace';
}

function insideTag(stream, state) {
  if (stream.match(/^\/?>/)) {
    state.inTag = false;
    return 'tagName';
  }
  if (stream.match(/^[\w-]+(?==)/)) return 'attributeName';
  stream.next();
  return 'attributeValue';
}

const language = StreamLanguage.define({
  name: 'template',
  startState: () => ({ inInsert: false, inTag: false }),
  token(stream, state) {
    if (state.inInsert) return insideInsert(stream, state);
    if (stream.match(/^\{\{\{?[#/~]?/, false)) {
      stream.match(/^\{\{\{?/);
      state.inInsert = true;
      return 'brace';
    }
    if (state.inTag) return insideTag(stream, state);
    if (stream.match(/^<\/?[A-Za-z][\w-]*/)) {
      state.inTag = true;
      return 'tagName';
    }
    stream.next();
    stream.eatWhile(/[^{<]/);
    return null;
  },
});

const colours = HighlightStyle.define([
  { tag: tags.brace, color: 'var(--or-ink)' },
  { tag: tags.variableName, color: 'var(--or-ink)', fontWeight: '600' },
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--gules)' },
  { tag: tags.string, color: 'var(--vert)' },
  { tag: tags.tagName, color: 'var(--azure)' },
  { tag: [tags.attributeName, tags.attributeValue], color: 'var(--ink-soft)' },
]);

export const templateLanguage = [language, syntaxHighlighting(colours)];
