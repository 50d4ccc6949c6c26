import type { FastifyInstance } from 'fastify';
import * as z from 'zod';

/**
 * Sees to it that no body of the API takes a value of another kind for the one that it asks for: `null` would become 0 or the year 1970,
 * `true` and `[1]` would become 1. Only texts of addresses and forms are read as numbers.
 */
export function refuseCoercion(app: FastifyInstance): void {
  app.addHook('onRoute', ({ url, schema }) => {
    if (schema?.body instanceof z.ZodType && coerces(schema.body))
      throw new Error(`the body of ${url} takes a value of another kind for the one that it asks for`);
  });
}

function coerces(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if ('coerce' in def && def.coerce === true) return true;
  return insideOf(def).some(coerces);
}

/** What a value is held to before anything is made of it. */
function insideOf(def: z.core.$ZodTypes['_zod']['def']): readonly z.core.$ZodType[] {
  switch (def.type) {
    case 'object':
      return Object.values(def.shape);
    case 'array':
      return [def.element];
    case 'union':
      return def.options;
    case 'record':
      return [def.valueType];
    case 'pipe':
      // What only a text gets to may be read as something else.
      return [def.in];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'readonly':
    case 'catch':
    case 'nonoptional':
      return [def.innerType];
    default:
      return [];
  }
}
