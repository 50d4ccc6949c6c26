import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ownPath } from '../../../src/admin/access/login-page.js';
import { html } from '../../../src/admin/html/html.js';
import { facts } from '../../../src/admin/html/parts.js';

test('no text gets out of the place where it stands', () => {
  const hostile = `"><script>alert(1)</script>'\` onload=x & &lt;`;
  const text = html`<a title="${hostile}" class='${hostile}'>${hostile}</a>`.toString();
  expect(text).not.toContain('<script');
  expect(text.match(/[<>]/g)).toHaveLength(4);
  expect(text.match(/"/g)).toHaveLength(2);
  expect(text.match(/'/g)).toHaveLength(2);
  expect(text).toContain('&#38; &#38;lt;');
});

test('whatever the text is, it adds no tag, no quote and no entity', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (one, other) => {
      const text = html`<p class="${one}">${[other, html`<b>${one}</b>`]}</p>`.toString();
      expect(text.match(/</g)).toHaveLength(4);
      expect(text.match(/"/g)).toHaveLength(2);
      expect(text.replace(/&#\d+;/g, '')).not.toMatch(/[&'`]/);
    }),
  );
});

test('only what was made of pieces is taken as it is; something that looks like a piece is text', () => {
  const forged = { toString: () => '<script>', '#text': '<script>' };
  expect(html`${[html`<i>${1}</i>`, null, undefined, false, 0]}`.toString()).toBe('<i>1</i>0');
  expect(() => html`${forged as unknown as string}`.toString()).toThrow();
});

test('logging in leads to a page of this admin and nowhere else', () => {
  expect(ownPath('/runs/r1?status=failed')).toBe('/runs/r1?status=failed');
  const elsewhere = [
    'https://evil.test/',
    '//evil.test/x',
    '/\\evil.test',
    '/\t/evil.test',
    '\\\\evil.test',
    'javascript:alert(1)',
    '/.//evil.test',
    '/login?next=/login',
    '',
  ];
  for (const next of [undefined, ...elsewhere]) expect(ownPath(next)).toBe('/runs');
});

test('a fact that there is nothing to say of is left out', () => {
  const nothing = [null, undefined, '', false] as const;
  const shown = String(facts([['Key', 'k'], ...nothing.map((content) => ['None', content] as const), ['Sends', 0]]));
  expect(shown.match(/<dt>[^<]*/g)).toEqual(['<dt>Key', '<dt>Sends']);
});
