import { describe, expect, it } from '@jest/globals';
import {
  type AudienceSpec,
  formatAudience,
  parseAudience,
  showAudience,
} from '../../../src/domain/campaigns/audience.js';

describe('an audience', () => {
  it.each<[string, AudienceSpec]>([
    ['file:/data/customers.csv', { kind: 'file', path: '/data/customers.csv' }],
    ['  file: lists/my customers.csv \n', { kind: 'file', path: 'lists/my customers.csv' }],
    ['file:C:\\lists\\a.csv', { kind: 'file', path: 'C:\\lists\\a.csv' }],
    ['sql:SELECT 1', { kind: 'sql', query: 'SELECT 1' }],
    [
      "sql:\n  SELECT 'a:b'\n  FROM t -- all of them\n",
      { kind: 'sql', query: "SELECT 'a:b'\n  FROM t -- all of them" },
    ],
    ['function:due-invoices', { kind: 'function', name: 'due-invoices' }],
    ['named:due invoices', { kind: 'named', name: 'due invoices' }],
    ['function:file:x', { kind: 'function', name: 'file:x' }],
  ])('%j is read, and written back so that it reads the same', (text, audience) => {
    expect(parseAudience(text)).toEqual({ ok: true, audience });
    expect(parseAudience(formatAudience(audience))).toEqual({ ok: true, audience });
  });

  it.each([
    ['', 'the audience is empty;'],
    [' \n', 'the audience is empty;'],
    ['customers.csv', `the audience "customers.csv" doesn't begin with file:, sql:, function: or named:;`],
    ['SQL:SELECT 1', `the audience "SQL:SELECT 1" doesn't begin with`],
    ['https://example.com/a.csv', `doesn't begin with`],
    ['6281527975868', `the audience "6281*******68" doesn't begin with`],
    ['file:', 'the audience "file:" has nothing after file:;'],
    ['sql: \n ', 'the audience "sql:" has nothing after sql:;'],
    ['function:\t', 'has nothing after function:;'],
    ['file:a\0b', 'has a NUL character in it;'],
  ])('%j is refused with what would be right', (text, message) => {
    const reading = parseAudience(text);
    expect(reading).toEqual({ ok: false, reason: expect.stringContaining(message) });
    expect(reading).toEqual({
      ok: false,
      reason: expect.stringMatching(/write file:\S+, sql:SELECT .*function:NAME or named:NAME$/),
    });
  });

  it('shows in messages on one line, a query shortened and its numbers masked', () => {
    expect(showAudience({ kind: 'sql', query: "SELECT '0815-2797-5868'\nAS phone_number FROM customers" })).toBe(
      `"sql:SELECT '0815-****-**68' AS phone_num…"`,
    );
    expect(showAudience({ kind: 'function', name: 'due-invoices' })).toBe('"function:due-invoices"');
    expect(showAudience({ kind: 'file', path: '/data/2026-11-24/customers-of-the-north.csv' })).toBe(
      'file:/data/2026-11-24/customers-of-the-north.csv',
    );
  });
});
