import type { FastifyInstance } from 'fastify';
import type { EarlyAnswers } from './answer-early.js';

/** Programs ask here. A browser that is led here shows nothing, runs nothing, and takes no answer for another kind of file. */
const programHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': "default-src 'none'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
};

/** Says the same of every answer, also of refusals. @param headers those of a server of programs, unless others are given */
export function guardAnswers(app: FastifyInstance, headers = programHeaders): void {
  app.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}

/** How servers refuse that only programs ask, before they know what for. */
export const earlyRefusals: EarlyAnswers = {
  headers: programHeaders,
  wordsOf: ({ status, detail }) => ({
    status,
    type: 'application/json; charset=utf-8',
    body: JSON.stringify({ error: detail }),
  }),
};
