import type { FastifyInstance } from 'fastify';
import { maskNumbersBesideDatesIn } from '../../domain/numbers/mask-number.js';
import { seesNumbers, seesValues, upToQuote } from './roles.js';

/** Where the provider, an operator or a file may have written a number. */
const freeText = new Set(['detail', 'error', 'example', 'failure', 'notes', 'reason', 'source', 'target']);

/** Where a value of somebody's row stands. */
const valueFields = new Set(['example']);

/** What may quote one. */
const quotingFields = new Set(['failure']);

/** Masks in every answer of the API the numbers in what others wrote, and hides values, from those who are not to see them. */
export function maskForViewers(api: FastifyInstance): void {
  api.addHook('preSerialization', async ({ actor }, _reply, answer) =>
    actor === undefined || seesNumbers(actor) ? answer : withMaskedText(answer, seesValues(actor)),
  );
}

/** The same value with the numbers in its free texts masked. @param withValues whether values of rows stay in it */
export function withMaskedText(value: unknown, withValues: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => withMaskedText(item, withValues));
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (typeof inner !== 'string' || !freeText.has(name)) return [name, withMaskedText(inner, withValues)];
      if (!withValues && valueFields.has(name)) return [name, ''];
      return [name, maskNumbersBesideDatesIn(!withValues && quotingFields.has(name) ? upToQuote(inner) : inner)];
    }),
  );
}
