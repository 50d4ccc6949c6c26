import type { FastifyInstance } from 'fastify';
import * as z from 'zod';

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
