import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Context } from '../../context.js';
import { type EarlyAnswers, earlyAnswers, isOfAddress, refuseEarly } from '../../monitoring/answer-early.js';
import { openCallbackMeters } from '../../monitoring/callback-meters.js';
import { earlyRefusals, guardAnswers } from '../../monitoring/guard-answers.js';
import { headersTimeoutMs, keepAliveTimeoutMs } from '../../monitoring/keep-connections.js';
import { openLoginMeters } from '../../monitoring/login-meters.js';
import { addMonitoringRoutes, openRegistry } from '../../monitoring/routes.js';
import { howServed, renewTls } from '../../monitoring/serve-tls.js';
import { Access } from '../access/access.js';
import { bearerOf, programOf } from '../access/guard.js';
import { RefusedLogins } from '../access/refused-logins.js';
import { endSoon, keepNothing, limitBodies, trustedHops } from '../limits.js';
import { defaultPatienceMs, mostConnections } from '../listen.js';
import { makeRoom } from '../make-room.js';
import { sendProblem } from '../problem.js';
import { leaveBodiesUnread } from '../unread-body.js';
import { notFound, sendAnswer } from './answer.js';
import { addCallbackRoutes } from './routes.js';
import { CallbackTally } from './tally.js';

/** `patienceMs`: how long a client may take for its request, and a stop for what is under way. `mostBytes`: how much is held of all callbacks. */
export type ReceiverOptions = { patienceMs?: number; mostBytes?: number; connections?: number };

/** What `siaran callbacks` serves: callbacks, and its own health and figures, ready to listen. */
export async function buildReceiver(
  ctx: Context,
  { patienceMs, mostBytes, connections = mostConnections }: ReceiverOptions = {},
): Promise<FastifyInstance> {
  const app = fastify({
    // Fastify's own lines would have whole addresses in them, secret and all; so would its answer to an address that is none.
    logger: false,
    trustProxy: trustedHops(ctx.config),
    ...earlyAnswers(secretiveRefusals),
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionTimeout: 0,
    requestTimeout: 0,
    ...howServed(ctx, {
      headersTimeout: patienceMs ?? headersTimeoutMs,
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false,
    }),
    routerOptions: { maxParamLength: 2_000 },
    forceCloseConnections: 'idle',
  });
  app.setNotFoundHandler((_request, reply) => sendAnswer(reply, notFound));
  guardAnswers(app);
  refuseEarly(app, secretiveRefusals);
  renewTls(app, ctx);
  makeRoom(app, connections);
  limitBodies(app, patienceMs ?? defaultPatienceMs);
  leaveBodiesUnread(app);
  keepNothing(app);
  endSoon(app, patienceMs ?? defaultPatienceMs);
  const registry = openRegistry();
  guardFigures(app, new Access(ctx.db, ctx.config.adminTokens), new RefusedLogins(ctx, openLoginMeters(registry)));
  addMonitoringRoutes(app, ctx, { registry, needsRedis: false });
  addCallbackRoutes(app, ctx, new CallbackTally(ctx.logger, openCallbackMeters(registry)), mostBytes);
  return app;
}

/** Of an address that can't be read nothing more is told than of one that isn't there. */
const secretiveRefusals: EarlyAnswers = {
  ...earlyRefusals,
  wordsOf(refusal, asked) {
    const told = isOfAddress(refusal) ? { ...refusal, status: 404, detail: 'not found' } : refusal;
    return earlyRefusals.wordsOf(told, asked);
  },
};

/** The address is known to others than the company's own: figures of its broadcasts are for those who have a token, as the admin's are. */
function guardFigures(app: FastifyInstance, access: Access, refused: RefusedLogins): void {
  const guard = async (request: FastifyRequest, reply: FastifyReply) => {
    if (await programOf(request, access)) return;
    const tooMany = bearerOf(request) === undefined ? undefined : await refused.add('bearer', request.ip);
    if (tooMany) return sendProblem(reply, tooMany);
    return reply.code(401).header('WWW-Authenticate', 'Bearer realm="siaran"').send({ error: 'send a token' });
  };
  app.addHook('onRoute', (route) => {
    if (route.url === '/metrics') route.onRequest = guard;
  });
}
