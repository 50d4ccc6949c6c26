import type { FastifyReply } from 'fastify';

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
