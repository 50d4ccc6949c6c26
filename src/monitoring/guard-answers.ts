import type { FastifyInstance } from 'fastify';

/** Programs ask here. A browser that is led here shows nothing, runs nothing, and takes no answer for another kind of file. */
const headers = {
  'Content-Security-Policy': "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** Says the same of every answer, also of refusals. The admin, which has pages, says more. */
export function guardAnswers(app: FastifyInstance): void {
  app.addHook('onRequest', async (_request, reply) => {
    void reply.headers(headers);
  });
}
