import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import type { AdminToken } from '../config/admin-token.js';
import type { Context } from '../context.js';
import { showMasked } from '../domain/numbers/mask-number.js';
import { earlyAnswers, refuseEarly } from '../monitoring/answer-early.js';
import { openCallbackMeters } from '../monitoring/callback-meters.js';
import { guardAnswers } from '../monitoring/guard-answers.js';
import { headersTimeoutMs, keepAliveTimeoutMs } from '../monitoring/keep-connections.js';
import { openLoginMeters } from '../monitoring/login-meters.js';
import { addMonitoringRoutes, openRegistry } from '../monitoring/routes.js';
import { howServed, renewTls } from '../monitoring/serve-tls.js';
import { Access } from './access/access.js';
import { guard, refuseUnstorable } from './access/guard.js';
import { logRefusals, noteFaults } from './access/log-refusals.js';
import { maskForViewers } from './access/mask-for-viewers.js';
import type { OneTimeLink } from './access/one-time-link.js';
import { RefusalAudit } from './access/refusal-audit.js';
import { RefusedLogins } from './access/refused-logins.js';
import { addSessionRoutes } from './access/sessions.js';
import { addApprovalRoutes } from './api/approvals.js';
import { refuseEmptyQuery, refuseUnknownQuery } from './api/asked/known-query.js';
import { refuseCoercion } from './api/asked/plain-bodies.js';
import { addBatchRoutes } from './api/batches.js';
import { addBulkRoute } from './api/bulk.js';
import { addCampaignRoutes } from './api/campaigns.js';
import { addDeskRoutes } from './api/desk.js';
import { addDraftFileRoutes } from './api/draft-files.js';
import { addDraftRoutes } from './api/drafts.js';
import { addIntakeRoutes } from './api/intake.js';
import { addOperationRoutes } from './api/operations.js';
import { addRecipientRoutes } from './api/recipients.js';
import { addResendRoute } from './api/resend.js';
import { addRunEventRoutes } from './api/run-events.js';
import { addRunRoutes } from './api/runs.js';
import { addTemplateRoutes } from './api/templates.js';
import type { AdminApp } from './app.js';
import { keepAudit } from './audit.js';
import { addCallbackRoutes } from './callbacks/routes.js';
import { CallbackTally } from './callbacks/tally.js';
import { addLookRoute } from './campaigns/look-api.js';
import { addScheduleRoute } from './campaigns/schedule-api.js';
import { openDocument } from './document/open-document.js';
import { endSoon, keepNothing, limitBodies, trustedHops } from './limits.js';
import { mostConnections } from './listen.js';
import { makeRoom } from './make-room.js';
import { pageHeaders } from './page-headers.js';
import type { HealthCheck } from './pages/health.js';
import { addPages } from './pages/index.js';
import { addUserRoutes } from './people/users-api.js';
import { earlyProblems, problem, problemOf, sendProblem } from './problem.js';
import { addQueuesPage } from './queues.js';
import { leaveBodiesUnread } from './unread-body.js';

/** JSON bodies are small; streams of recipients have no such end. */
const longestBody = 1_000_000;

export type AdminOptions = {
  /** What `siaran doctor` finds, for the page that tells how things are. */
  checks?: () => Promise<readonly HealthCheck[]>;
  /** Lets one browser in, where no token was set. */
  link?: OneTimeLink;
  /** How many connections there may be at the same time. */
  connections?: number;
};

/** The admin's HTTP API and pages, ready to listen: for those who have one of `tokens`, and for nobody without. What it answers is decided by the pipeline; here it is only let in. */
export async function buildAdmin(
  ctx: Context,
  tokens: readonly AdminToken[],
  { checks = async () => [], link, connections = mostConnections }: AdminOptions = {},
): Promise<AdminApp> {
  const app = fastify({
    // What is worth a line is logged here: fastify's own lines would have whole addresses in them, numbers and all.
    logger: false,
    bodyLimit: longestBody,
    trustProxy: trustedHops(ctx.config),
    // A client that sends its headers too slowly is cut off; for bodies see `limitBodies`.
    connectionTimeout: 0,
    requestTimeout: 0,
    keepAliveTimeout: keepAliveTimeoutMs,
    ...howServed(ctx, { headersTimeout: headersTimeoutMs, requireHostHeader: false }),
    // A campaign's name has 200 characters, each of which takes up to 9 in an address.
    routerOptions: { maxParamLength: 2_000 },
    ...earlyAnswers(earlyProblems),
    forceCloseConnections: 'idle',
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app, ctx);
  guardAnswers(app, pageHeaders);
  refuseEarly(app, earlyProblems);
  await app.register(cookie);
  await app.register(formbody);
  await openDocument(app);
  renewTls(app, ctx);
  makeRoom(app, connections);
  limitBodies(app);
  leaveBodiesUnread(app);
  keepNothing(app);
  endSoon(app);
  const access = new Access(ctx.db, tokens, {
    provider: ctx.config.oidc,
    needsCodes: ctx.config.needsSecondFactor,
  });
  const registry = openRegistry();
  const refusals = new RefusalAudit(ctx);
  app.addHook('onClose', () => refusals.flush());
  const refused = new RefusedLogins(ctx, openLoginMeters(registry), refusals);
  guard(app, ctx.db, access, refused);
  logRefusals(app, ctx.logger);
  refuseUnstorable(app);
  keepAudit(app, ctx);
  addMonitoringRoutes(app, ctx, { registry });
  await addQueuesPage(app, ctx);
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  const addApi = async (api: FastifyInstance) => {
    maskForViewers(api);
    refuseUnknownQuery(api);
    refuseEmptyQuery(api);
    refuseCoercion(api);
    const typed = api.withTypeProvider<ZodTypeProvider>();
    addDeskRoutes(typed, ctx);
    addRunEventRoutes(typed, ctx);
    addRunRoutes(typed, ctx);
    addBulkRoute(typed, ctx);
    addApprovalRoutes(typed, ctx);
    addResendRoute(typed, ctx);
    addTemplateRoutes(typed, ctx);
    addDraftRoutes(typed, ctx);
    addDraftFileRoutes(typed, ctx);
    addIntakeRoutes(typed, ctx);
    addBatchRoutes(typed, ctx);
    addCampaignRoutes(typed, ctx);
    addScheduleRoute(typed, ctx);
    addLookRoute(typed, ctx);
    addRecipientRoutes(typed, ctx);
    addOperationRoutes(typed, ctx);
    addSessionRoutes(typed, ctx);
    addUserRoutes(typed, ctx);
  };
  await app.register(addApi, { prefix: '/api/v1' });
  const { common, own } = ctx.config.callbackSecrets;
  if (common.length > 0 || own.size > 0)
    addCallbackRoutes(app, ctx, new CallbackTally(ctx.logger, openCallbackMeters(registry)));
  await app.register((pages) =>
    addPages(pages.withTypeProvider<ZodTypeProvider>(), ctx, { access, refused, checks, link }),
  );
  return app;
}

/** A list of half a million wrong values has as many faults. */
const mostFaults = 20;

function answerErrors(app: FastifyInstance, ctx: Context): void {
  app.setNotFoundHandler((request, reply) =>
    sendProblem(reply, problem(404, 'NOT_FOUND', `There is no ${request.method} ${showMasked(request.url)} here.`)),
  );
  app.setErrorHandler((error, request, reply) => {
    if (hasZodFastifySchemaValidationErrors(error)) {
      noteFaults(request, (error as FastifyError).validationContext, error.validation);
      const faults = error.validation.map(({ instancePath, message }) =>
        [instancePath.slice(1).replaceAll('/', '.'), message].filter(Boolean).join(': '),
      );
      const more = faults.length > mostFaults ? [`and ${faults.length - mostFaults} more`] : [];
      return sendProblem(reply, problem(400, 'USAGE', [...faults.slice(0, mostFaults), ...more].join('; ')));
    }
    const told = problemOf(error);
    if (told.status >= 500) ctx.logger.error({ err: error }, 'admin request failed');
    return sendProblem(reply, told);
  });
}
