import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import type { Context } from '../context.js';
import { openScrape } from './gauges.js';
import { openReadiness } from './health.js';

type MonitoringOptions = {
  /** Of what this process counts itself. */
  registry?: Registry;
  /** Why this process is as good as dead, if it is. */
  liveness?: () => Promise<string | undefined>;
  /** Whether it is ready only with Redis. */
  needsRedis?: boolean;
};

/** For what a process counts itself, before its routes are there. */
export function openRegistry(): Registry {
  return new Registry();
}

/** `/metrics` for Prometheus, `/healthz` and `/readyz` for the service manager of this process. @returns the registry of `/metrics` */
export function addMonitoringRoutes(
  app: FastifyInstance,
  ctx: Context,
  { registry = openRegistry(), liveness = async () => undefined, needsRedis = true }: MonitoringOptions = {},
): Registry {
  const scrape = openScrape(ctx, registry);
  const readiness = openReadiness(ctx, needsRedis);
  // Not a part of the API that the admin describes; a worker knows nothing of such a description.
  const schema: object = { hide: true };
  const open = { schema, config: { public: true as const } };
  app.get('/metrics', { schema }, async (_request, reply) =>
    reply
      .type(registry.contentType)
      .header('Cache-Control', 'no-store')
      .send(await scrape()),
  );
  app.get('/healthz', open, async (_request, reply) => {
    const fault = await liveness();
    return reply
      .code(fault === undefined ? 200 : 503)
      .header('Cache-Control', 'no-store')
      .send({ ok: fault === undefined, fault: fault ?? null });
  });
  app.get('/readyz', open, async (_request, reply) => {
    const missing = await readiness();
    return reply
      .code(missing.length === 0 ? 200 : 503)
      .header('Cache-Control', 'no-store')
      .send({ ready: missing.length === 0, missing });
  });
  return registry;
}
