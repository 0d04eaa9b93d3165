import { telegramTags } from '../../rendering/telegram-html.ts';

// https://core.telegram.org/bots/api#html-style: whatever is not in this list is refused.
const allowedTags = new Set(telegramTags);

// The same page: all numeric entities, and of the named ones only these.
const namedEntities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"' };

// A tag, an entity, a run of text, or a lone "<" or "&".
const tokenPattern =
  /<(?<closing>\/?)(?<tag>[a-z][\w-]*)[^<>]*>|&(?<entity>#x[\da-f]+|#\d+|[a-z]+);|[^<&]+|[<&]/giu;

export type TelegramText = { ok: true; text: string } | { ok: false; reason: string };

/**
 * Reads a text sent with `parse_mode: HTML` as the Bot API does: the plain text a person sees, or
 * the reason why Telegram answers "can't parse entities". Offsets in reasons count UTF-8 bytes.
 */
export function textOfTelegramHtml(html: string): TelegramText {
  const open: string[] = [];
  let text = '';
  for (const match of html.matchAll(tokenPattern)) {
    const { tag, closing, entity } = match.groups ?? {};
    if (tag !== undefined) {
      const reason = takeTag(tag.toLowerCase(), closing === '/', open);
      if (reason !== undefined) return { ok: false, reason: at(reason, html, match.index) };
    } else if (match[0] === '<') {
      return { ok: false, reason: at('Unclosed start tag', html, match.index) };
    } else {
      text += entity === undefined ? match[0] : decodeEntity(match[0], entity);
    }
  }
  const unclosed = open.at(-1);
  if (unclosed === undefined) return { ok: true, text };
  return { ok: false, reason: `Can't find end tag corresponding to start tag "${unclosed}"` };
}

/** Opens or closes one tag on the stack; gives the reason where Telegram would refuse it. */
function takeTag(tag: string, isClosing: boolean, open: string[]): string | undefined {
  if (!isClosing) {
    if (!allowedTags.has(tag)) return `Unsupported start tag "${tag}"`;
    open.push(tag);
    return undefined;
  }
  const expected = open.pop();
  if (expected === undefined) return 'Unexpected end tag';
  return expected === tag
    ? undefined
    : `Unmatched end tag, expected "</${expected}>", found "</${tag}>"`;
}

function decodeEntity(source: string, entity: string): string {
  if (!entity.startsWith('#')) return namedEntities[entity.toLowerCase()] ?? source;
  const isHex = entity.slice(1, 2).toLowerCase() === 'x';
  const codePoint = isHex ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return codePoint > 0 && codePoint <= MAX_CODE_POINT ? String.fromCodePoint(codePoint) : source;
}

const MAX_CODE_POINT = 0x10_ff_ff;

function at(reason: string, html: string, index: number): string {
  return `${reason} at byte offset ${Buffer.byteLength(html.slice(0, index))}`;
}
