import type { FastifyInstance } from 'fastify';
import * as z from 'zod';
import { showMasked } from '../../../domain/numbers/mask-number.js';
import { UsageError } from '../../../errors.js';

/**
 * Refuses parameters of an address that a route doesn't know, with 400. Ignored, a filter with a wrong name would give everything, to
 * a program that then changes what it believes to have filtered.
 */
export function refuseUnknownQuery(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    const known = route.schema?.querystring;
    if (known !== undefined && !(known instanceof z.ZodObject))
      throw new Error(`the query of ${route.url} isn't an object that could be held to what it knows`);
    route.schema = { ...route.schema, querystring: z.strictObject(known?.shape ?? {}) };
  });
}

/**
 * Refuses parameters of an address that are empty, with 400: a script forgot to set a variable. Taken as absent, a filter of them would
 * give everything. The forms of pages send such fields, and mean nothing by them.
 */
export function refuseEmptyQuery(app: FastifyInstance): void {
  app.addHook('preValidation', async ({ query }) => {
    for (const [name, value] of Object.entries(query as Record<string, unknown>))
      if ([value].flat().some((text) => typeof text === 'string' && text.trim() === ''))
        throw new UsageError(`${showMasked(name)} is empty: leave it out, or say what it is.`);
  });
}
