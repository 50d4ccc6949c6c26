import { showMasked } from '../numbers/mask-number.js';

/** Where a campaign's recipients come from, each time that it fires. */
export type AudienceSpec =
  | { kind: 'file'; path: string }
  | { kind: 'sql'; query: string }
  | { kind: 'function'; name: string }
  /** A file or a query that the configuration names, where it is read. */
  | { kind: 'named'; name: string };

type AudienceReading = { ok: true; audience: AudienceSpec } | { ok: false; reason: string };

const EXAMPLES =
  'write file:customers.csv, sql:SELECT phone_number, customer_name FROM customers, function:NAME or named:NAME';

/** Reads `file:PATH`, `sql:QUERY`, `function:NAME` or `named:NAME`. What follows the colon is taken as it is, but for blanks around it. */
export function parseAudience(text: string): AudienceReading {
  const refuse = (fault: string): AudienceReading => ({
    ok: false,
    reason: `the audience ${showMasked(text.trim())} ${fault}; ${EXAMPLES}`,
  });
  const [, kind = '', given = ''] = /^\s*(file|sql|function|named):(.*)$/s.exec(text) ?? [];
  if (text.trim() === '') return { ok: false, reason: `the audience is empty; ${EXAMPLES}` };
  if (kind === '') return refuse("doesn't begin with file:, sql:, function: or named:");
  if (text.includes('\0')) return refuse('has a NUL character in it');
  const rest = given.trim();
  if (rest === '') return refuse(`has nothing after ${kind}:`);
  if (kind === 'file') return { ok: true, audience: { kind, path: rest } };
  if (kind === 'sql') return { ok: true, audience: { kind, query: rest } };
  return { ok: true, audience: { kind: kind === 'named' ? kind : 'function', name: rest } };
}

/** The inverse of `parseAudience`. */
export function formatAudience(spec: AudienceSpec): string {
  switch (spec.kind) {
    case 'file':
      return `file:${spec.path}`;
    case 'sql':
      return `sql:${spec.query}`;
    case 'function':
    case 'named':
      return `${spec.kind}:${spec.name}`;
  }
}

/** As a message names it: a file's path in full, since it has to be found; anything else short, its numbers masked. */
export function showAudience(spec: AudienceSpec): string {
  const text = formatAudience(spec);
  return spec.kind === 'file' ? text : showMasked(text.replace(/\s+/g, ' '));
}
