import type { FastifyInstance } from 'fastify';
import type { Context } from '../../context.js';
import { CallbackGroups } from '../../pipeline/statuses/receive-together.js';
import { answerCallback, answerTest, notFound, sendAnswer, wrongMethod } from './answer.js';
import { callbackPath } from './callback-path.js';
import { Room } from './room.js';
import type { CallbackTally } from './tally.js';
import { openDoor } from './who-calls.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose callback it is. Set before any handler of a receiver is called. */
    account: string;
  }
}

/**
 * Takes callbacks of the provider. Nobody signs them, so a secret in the path stands for that, and no token is asked for: who doesn't
 * know it learns nothing, and changes nothing. A refusal never says what would be right.
 */
export function addCallbackRoutes(app: FastifyInstance, ctx: Context, tally: CallbackTally, mostBytes?: number): void {
  const receiving = {
    groups: new CallbackGroups(ctx),
    tally,
    room: new Room(mostBytes),
    stopWords: ctx.config.stopWords,
  };
  const accountOf = openDoor(ctx.config.callbackSecrets);
  app.register(async (receiver) => {
    leaveBodyToHandler(receiver);
    receiver.decorateRequest('account');
    // A hook that returns a promise makes each callback wait for a turn of its own.
    receiver.addHook('onRequest', (request, reply, done) => {
      const account = accountOf((request.params as { '*': string })['*']);
      if (account === undefined) return void sendAnswer(reply, notFound);
      request.account = account;
      done();
    });
    receiver.addHook('onSend', (_request, reply, payload, done) => {
      tally.answered(reply.statusCode, reply.elapsedTime);
      done(null, payload);
    });
    receiver.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
      url: `${callbackPath}*`,
      exposeHeadRoute: false,
      schema: { hide: true } as object,
      config: { public: true },
      handler: async (request, reply) => {
        if (request.method === 'GET' || request.method === 'HEAD') return sendAnswer(reply, answerTest(request.query));
        if (request.method !== 'POST') return sendAnswer(reply, wrongMethod);
        const answer = await answerCallback(receiving, request);
        return answer ? sendAnswer(reply, answer) : reply.hijack();
      },
    });
  });
  app.addHook('onClose', async () => tally.close());
}

/** It is read within bounds of its own, whatever its sender calls it. */
function leaveBodyToHandler(receiver: FastifyInstance): void {
  receiver.removeAllContentTypeParsers();
  receiver.addContentTypeParser('*', (_request, _payload, done) => done(null));
  receiver.addHook('onRequest', ({ raw }, _reply, done) => {
    // Headers of which one is deleted are read several times as slowly.
    raw.headers['content-type'] = undefined;
    done();
  });
}
