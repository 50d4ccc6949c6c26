import fastify from 'fastify';
import { Registry } from 'prom-client';
import type { Context } from '../context.js';
import { messageOf, SiaranError } from '../errors.js';
import type { Meters } from '../telemetry/meters.js';
import { earlyAnswers, refuseEarly } from './answer-early.js';
import { earlyRefusals, guardAnswers } from './guard-answers.js';
import { openLiveness, type Pulse } from './health.js';
import { headersTimeoutMs, keepAliveTimeoutMs } from './keep-connections.js';
import { openMeters } from './meters.js';
import { addMonitoringRoutes } from './routes.js';
import { howServed, renewTls } from './serve-tls.js';

export type WorkerServer = {
  meters: Meters;
  /** @throws {SiaranError} `PORT` when it can't. */
  listen(): Promise<void>;
  close(): Promise<void>;
};

/**
 * A worker's own `/metrics`, `/healthz` and `/readyz`, and nothing else: no token is asked for, and none of them tells numbers
 * or values.
 */
export function buildWorkerServer(
  ctx: Context,
  { host, port }: { host: string; port: number },
  pulse: Pulse,
): WorkerServer {
  const registry = new Registry();
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 1_000,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: headersTimeoutMs,
    ...howServed(ctx, { headersTimeout: headersTimeoutMs, requireHostHeader: false }),
    ...earlyAnswers(earlyRefusals),
  });
  renewTls(app, ctx);
  guardAnswers(app);
  refuseEarly(app, earlyRefusals);
  addMonitoringRoutes(app, ctx, { registry, liveness: openLiveness(ctx, pulse) });
  return {
    meters: openMeters(registry),
    async listen() {
      try {
        await app.listen({ host, port });
      } catch (cause) {
        const message = `The worker can't listen on ${host}:${port} (SIARAN_WORKER_HOST, SIARAN_WORKER_PORT): ${messageOf(cause)}`;
        throw new SiaranError('PORT', message, { cause });
      }
      ctx.logger.info({ host, port }, 'metrics and health are served here');
    },
    close: () => app.close(),
  };
}
