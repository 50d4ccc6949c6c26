import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context } from '../../context.js';
import { maskNumbersBesideDatesIn } from '../../domain/numbers/mask-number.js';
import { Allowance } from './allowance.js';
import { networkOf } from './refused-logins.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What of it isn't as it has to be, for the log: without any value. */
    faults?: readonly string[];
  }
}

/** A minute, of one person or address: a log is not to be filled by who is refused. Wrong requests take no line of other refusals. */
const mostLines = 30;

/** Of one request. */
const mostFaults = 10;
const longestField = 80;

/**
 * Logs who was refused what, by the pattern of its address: a role that doesn't suffice, a request that another site made, more than
 * one may ask for, a request that isn't as its route has it. Logins that fail are logged where they are counted.
 */
export function logRefusals(app: FastifyInstance, logger: Context['logger']): void {
  const lines = new Allowance(mostLines, 60_000);
  app.decorateRequest('faults');
  app.addHook('onResponse', async (request, { statusCode }) => {
    const { actor, faults, method, routeOptions } = request;
    if (statusCode !== 403 && !(statusCode === 429 && actor) && !faults) return;
    const address = networkOf(request.ip);
    if (lines.take(`${faults ? 'wrong' : 'refused'} ${actor?.name ?? address}`).isTooOften) return;
    const who = actor && { actor: actor.name, role: actor.role };
    logger.warn(
      { ...who, address, method, route: routeOptions.url, status: statusCode, ...(faults && { faults }) },
      'request refused',
    );
  });
}

/** What a schema objects to, as the validator tells it. */
type Objection = { keyword: string; instancePath: string };

/** Notes which fields a schema refused, and why in general: a name that was written may be anything, so it is masked and cut. */
export function noteFaults(request: FastifyRequest, where: string | undefined, objections: readonly Objection[]): void {
  request.faults = objections.slice(0, mostFaults).map(({ keyword, instancePath }) => {
    const field = [where, ...instancePath.split('/').filter(Boolean)].join('.');
    return `${maskNumbersBesideDatesIn(field).slice(0, longestField)}: ${keyword}`;
  });
}
