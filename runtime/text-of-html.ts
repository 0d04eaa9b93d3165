import { compile, type FormatCallback } from 'html-to-text';
import { shownText } from './shown-text.ts';

/** Text stays readable in the narrowest client; RFC 5322 section 2.1.1 advises 78. */
const wrapColumns = 78;
/** Rendered bodies are some KiB. Beyond this only the HTML part is whole. */
const maxTextInputLength = 1024 * 1024;
/** Each level is a call of the package; some thousand would overflow the stack. */
const maxTextDepth = 200;

/** What an image says instead of itself; its address says nothing to a person. */
const alt: FormatCallback = (image, _walk, builder) => {
  builder.addInline(image.attribs['alt'] ?? '', { noWordTransform: true });
};

/**
 * Cells apart in one line. The package's own tables are laid out in columns as wide as the widest
 * cell, and a `rowspan` of millions would make it fill as many rows.
 */
const cell: FormatCallback = (element, walk, builder) => {
  walk(element.children, builder);
  builder.addLiteral('  ');
};

const toText = compile({
  wordwrap: wrapColumns,
  limits: { maxInputLength: maxTextInputLength, maxDepth: maxTextDepth },
  formatters: { alt, cell },
  selectors: [
    { selector: 'img', format: 'alt' },
    {
      selector: 'tr',
      format: 'block',
      options: { leadingLineBreaks: 1, trailingLineBreaks: 1 },
    },
    ...['td', 'th'].map((selector) => ({ selector, format: 'cell' })),
    // The package would shout every heading in capitals.
    ...['h1', 'h2', 'h3'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
});

/**
 * HTML as plain text, as the text part of a mail has it; empty where it says nothing in words. In
 * HTML a control may be written as a number (`&#8232;`), so what comes out is cleaned again.
 */
export function textOfHtml(html: string): string {
  const lines = shownText(toText(html)).split('\n');
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .trim();
}
