import { expect, it } from 'vitest';
import { textOfTelegramHtml } from '../../../dev/inbox/telegram-html.ts';

it.each([
  ['plain', 'plain'],
  ['<b>a</b> <i>b</i> <u>c</u> <s>d</s>', 'a b c d'],
  ['<a href="https://e.ru/?a=1&amp;b=2">link</a>', 'link'],
  ['<pre><code class="language-ts">a &lt; b</code></pre>', 'a < b'],
  ['<span class="tg-spoiler">x</span><tg-spoiler>y</tg-spoiler>', 'xy'],
  ['<blockquote expandable>q</blockquote>', 'q'],
  ['&quot;&#1042;&#x435;&#39;', '"Ве\''],
  ['fish & chips &nbsp; &amp;lt;', 'fish & chips &nbsp; &lt;'],
  ['&#0; &#x110000;', '&#0; &#x110000;'],
  ['<B>caps</b>', 'caps'],
])('%s is read as %s', (html, text) => {
  expect(textOfTelegramHtml(html)).toEqual({ ok: true, text });
});

it.each([
  ['<p>a</p>', 'Unsupported start tag "p" at byte offset 0'],
  ['привет <br>', 'Unsupported start tag "br" at byte offset 13'],
  ['<b>a', 'Can\'t find end tag corresponding to start tag "b"'],
  ['<b>a</i>', 'Unmatched end tag, expected "</b>", found "</i>" at byte offset 4'],
  ['a</b>', 'Unexpected end tag at byte offset 1'],
  ['1 < 2', 'Unclosed start tag at byte offset 2'],
])('%s is refused: %s', (html, reason) => {
  expect(textOfTelegramHtml(html)).toEqual({ ok: false, reason });
});
