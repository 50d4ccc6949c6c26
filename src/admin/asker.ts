import type { FastifyReply, FastifyRequest } from 'fastify';
import { SiaranError } from '../errors.js';

/** Aborted when the client has gone before it was answered: what is read for its eyes only needs no end then. */
export function whileAsked({ request, raw }: FastifyReply): AbortSignal {
  const gone = new AbortController();
  const { socket } = request.raw;
  // A response that waits behind another one hears nothing of its own.
  const leave = () => gone.abort(new Error('the client has gone'));
  socket.once('close', leave);
  raw.once('finish', () => socket.off('close', leave));
  return gone.signal;
}

/** How often it is looked whether somebody may still send what they send. */
const lookEveryMs = 10_000;

/**
 * What a client sends, for as long as they may: a list can take hours, and whoever is revoked meanwhile hands nothing more in.
 * @throws {SiaranError} `UNAUTHENTICATED`
 */
export async function* whileLetIn<T>(request: FastifyRequest, sent: AsyncIterable<T>): AsyncGenerator<T> {
  let lookedAt = Date.now();
  for await (const part of sent) {
    if (Date.now() - lookedAt >= lookEveryMs) {
      lookedAt = Date.now();
      // While Postgres is away nobody knows, and nothing is taken anyway.
      if (!(await request.isStillIn().catch(() => true)))
        throw new SiaranError(
          'UNAUTHENTICATED',
          'Your access has ended, or you have another role. What came before stays.',
        );
    }
    yield part;
  }
}
