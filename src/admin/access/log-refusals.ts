import type { FastifyInstance } from 'fastify';
import type { Context } from '../../context.js';
import { Allowance } from './allowance.js';
import { networkOf } from './refused-logins.js';

/** A minute, of one person or address: a log is not to be filled by who is refused. */
const mostLines = 30;

/**
 * Logs who was refused what, by the pattern of its address: a role that doesn't suffice, a request that another site made, more than
 * one may ask for. Logins that fail are logged where they are counted.
 */
export function logRefusals(app: FastifyInstance, logger: Context['logger']): void {
  const lines = new Allowance(mostLines, 60_000);
  app.addHook('onResponse', async (request, { statusCode }) => {
    const { actor, method, routeOptions } = request;
    if (statusCode !== 403 && !(statusCode === 429 && actor)) return;
    const address = networkOf(request.ip);
    if (lines.take(actor?.name ?? address).isTooOften) return;
    const who = actor && { actor: actor.name, role: actor.role };
    logger.warn({ ...who, address, method, route: routeOptions.url, status: statusCode }, 'request refused');
  });
}
