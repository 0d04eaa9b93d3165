import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSingleAddress, parseMailbox } from '../../../connectors/email/address.ts';

describe('a single mail address', () => {
  it.each([
    'anna@example.com',
    'anna.karenina+news@mail.example.co.uk',
    "o'neil@example.com",
    'анна@пример.рф',
    `${'a'.repeat(64)}@example.com`,
  ])('is %s', (text) => expect(isSingleAddress(text)).toBe(true));

  it.each([
    '',
    'anna',
    '@example.com',
    'anna@',
    'anna@localhost',
    'anna@example..com',
    'anna@-example.com',
    '.anna@example.com',
    'anna..k@example.com',
    'anna@example.com ',
    'anna@example.com,evil@example.com',
    'anna@example.com;evil@example.com',
    'anna@evil.com@example.com',
    '"anna"@example.com',
    'anna(comment)@example.com',
    'Anna <anna@example.com>',
    '<anna@example.com>',
    'anna@[127.0.0.1]',
    'anna@example.com\n',
    'an\u0000na@example.com',
    `${'a'.repeat(65)}@example.com`,
    `anna@${'a.'.repeat(130)}com`,
  ])('is not %j', (text) => expect(isSingleAddress(text)).toBe(false));

  it('has one @ and no character that ends or joins addresses, whatever it is made of', () => {
    const pieces = fc.constantFrom('a', '.', '@', ',', ' ', '\r\n', '<', '>', '"', '(', ':', ';');
    const texts = fc.oneof(
      fc.string(),
      fc.array(pieces).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, fc.boolean(), (text, whole) => {
        const candidate = whole ? text : `${text}@example.com`;
        if (!isSingleAddress(candidate)) return;
        expect(candidate.split('@')).toHaveLength(2);
        expect(candidate).not.toMatch(/[\s,;:<>()"[\]\\]/);
      }),
    );
  });
});

describe('the sender', () => {
  it.each([
    [
      'Вестник <no-reply@vestnik.example>',
      { name: 'Вестник', address: 'no-reply@vestnik.example' },
    ],
    ['no-reply@vestnik.example', { name: '', address: 'no-reply@vestnik.example' }],
    ['Vestnik no-reply@vestnik.example', null],
    ['Vestnik <a@b.example>, <c@d.example>', null],
  ])('%s', (text, expected) => expect(parseMailbox(text)).toEqual(expected));
});
