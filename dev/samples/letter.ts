/** The words of a letter; they may hold variables of the template language. */
export type LetterWords = {
  readonly language: 'ru' | 'en';
  /** On the band at the top: what kind of letter it is. */
  readonly kicker: string;
  /** What it is about, large. */
  readonly title: string;
  /** Beside the title, small. */
  readonly aside?: string;
  /** The sentence that the letter was sent for. */
  readonly lead: string;
  /** Somebody's words. */
  readonly quote?: { readonly of: string; readonly text: string };
  /** Why the person got it. */
  readonly footer: string;
};

const serif = 'Georgia, "Times New Roman", serif';
const sans = '-apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif';
const style = (rules: Readonly<Record<string, string>>) => {
  const text = Object.entries(rules).map(([name, value]) => `${name}:${value}`);
  return `style="${text.join(';').replaceAll('"', "'")}"`;
};

const page = style({ margin: '0', padding: '32px 12px', background: '#f3efe7' });
const card = style({
  'max-width': '520px',
  margin: '0 auto',
  background: '#ffffff',
  'border-radius': '14px',
  overflow: 'hidden',
  'box-shadow': '0 1px 3px rgba(40,30,20,.16)',
});
const band = style({
  padding: '14px 32px',
  background: '#7a1f2b',
  color: '#f6e9d8',
  font: `600 13px ${sans}`,
  'letter-spacing': '.06em',
});
const content = style({ padding: '28px 32px 26px' });
const titleStyle = style({ margin: '0 0 18px', color: '#2a2320', font: `700 28px/1.22 ${serif}` });
const asideStyle = style({ color: '#a89a8c', font: `400 20px/1 ${serif}` });
const leadStyle = style({ margin: '0', color: '#3f3732', font: `400 17px/1.6 ${sans}` });
const quoteStyle = style({
  margin: '20px 0 0',
  padding: '12px 18px',
  'border-left': '3px solid #d9b382',
  background: '#fbf6ee',
  color: '#4d443d',
  font: `italic 400 16px/1.55 ${serif}`,
});
const footerStyle = style({
  margin: '0',
  padding: '16px 32px 20px',
  'border-top': '1px solid #eee7dc',
  color: '#94877b',
  font: `400 13px/1.5 ${sans}`,
});

/**
 * An e-mail as HTML. Styles are inline and simple, for mail programs know little else; the text
 * reads well without them, too.
 */
export function letter(words: LetterWords): string {
  const { language, kicker, title, aside, lead, quote, footer } = words;
  const sender = language === 'ru' ? 'Вестник' : 'Vestnik';
  const parts = [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width"><title>${kicker}</title></head>`,
    `<body ${page}><div ${card}><div ${band}>${kicker}</div><div ${content}>`,
    `<h1 ${titleStyle}>${title}${aside ? ` <span ${asideStyle}>${aside}</span>` : ''}</h1>`,
    `<p ${leadStyle}>${lead}</p>`,
    quote ? `<blockquote ${quoteStyle}>${quote.text}<br>— ${quote.of}</blockquote>` : '',
    `</div><p ${footerStyle}><b>${sender}</b> · ${footer}</p></div></body></html>`,
  ];
  return parts.join('\n');
}
