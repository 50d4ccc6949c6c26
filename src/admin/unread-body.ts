import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';

/** For so long a refused client may go on sending, and what it sends is dropped. Then the connection is cut. */
const lingerMs = 5_000;

/**
 * Sees to it that nothing of a request which was answered before it was read to its end stands in the way of the next one. What
 * came already is dropped. If more is to come, this is the connection's last answer, and the connection is closed once the
 * request has ended: who is still writing would not see the answer if it were cut at once. Call it before the answer's head is
 * written. @returns whether it has to say `Connection: close`
 */
function leaveUnread(request: IncomingMessage): boolean {
  if (!hasBody(request) || request.readableEnded) return false;
  request.on('error', () => {});
  // If a handler has begun to read the body and stopped, Node doesn't do this.
  request.resume();
  if (request.complete) return false;
  closeSlowly(request);
  return true;
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { 'content-length': length = '0', 'transfer-encoding': coding } = headers;
  return coding !== undefined || Number(length) > 0;
}

/** After the last answer of a connection Node calls `destroySoon`, which would not wait for the request. */
function closeSlowly(request: IncomingMessage): void {
  const { socket } = request;
  const cut = () => socket.destroy();
  socket.destroySoon = () => {
    if (request.complete) return void (socket.writableFinished ? cut() : socket.end(cut));
    socket.end();
    request.once('end', cut);
    const timer = setTimeout(cut, lingerMs);
    socket.once('close', () => clearTimeout(timer));
  };
}

/** The same for every answer of the admin. */
export function leaveBodiesUnread(app: FastifyInstance): void {
  app.addHook('onSend', (request, reply, payload, done) => {
    if (leaveUnread(request.raw)) void reply.header('Connection', 'close');
    done(null, payload);
  });
}
