import type { FastifyInstance } from 'fastify';
import { maskNumbersBesideDatesIn } from '../../domain/numbers/mask-number.js';

/** Where the provider, an operator or a file may have written a number. */
const freeText = new Set(['detail', 'error', 'failure', 'notes', 'reason', 'source', 'target']);

/** Masks for viewers the numbers in what others wrote, in every answer of the API. */
export function maskForViewers(api: FastifyInstance): void {
  api.addHook('preSerialization', async ({ actor }, _reply, answer) =>
    actor?.role === 'viewer' ? withMaskedText(answer) : answer,
  );
}

/** The same value with the numbers in its free texts masked. */
export function withMaskedText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMaskedText);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      typeof inner === 'string' && freeText.has(name) ? maskNumbersBesideDatesIn(inner) : withMaskedText(inner),
    ]),
  );
}
