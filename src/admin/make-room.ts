import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Bounds the connections of a server. When there are as many, one is cut for the next, so that nobody shuts others out with
 * connections that do nothing, or that begin a request and don't end it, or don't read its answer. It is the one that came or was
 * answered longest ago, of those on which nobody asks who was let in. If there is no such one, the next is refused.
 */
export function makeRoom(app: FastifyInstance, most: number): void {
  const { server } = app;
  let open = 0;
  /** Those that may be cut, who came or was answered longest ago first. */
  const strangers = new Set<Socket>();
  const underWay = new WeakMap<Socket, number>();
  const connectionOf = byTls(server);
  server.on('connection', (socket: Socket) => {
    open += 1;
    strangers.add(socket);
    socket.once('close', () => {
      open -= 1;
      strangers.delete(socket);
    });
    if (open <= most) return;
    const [longest = socket] = strangers;
    strangers.delete(longest);
    longest.destroy();
  });
  server.on('request', (request, response) => {
    const socket = connectionOf(request.socket);
    underWay.set(socket, (underWay.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (underWay.get(socket) ?? 1) - 1;
      underWay.set(socket, left);
      if (left > 0 || socket.destroyed) return;
      strangers.delete(socket);
      strangers.add(socket);
    });
  });
  // Who asks is known once the headers were looked at. Then comes the body.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    if (isLetIn(request)) strangers.delete(connectionOf(request.raw.socket));
    done(null, payload);
  });
}

/** Whether somebody asks whom the guard knows, or whose callbacks they are. */
function isLetIn({ actor, account }: { actor?: unknown; account?: unknown }): boolean {
  return Boolean(actor ?? account);
}

/** By TLS a request comes from another object than that of its connection, of which Node tells only where it comes from. */
function byTls(server: Server): (socket: Socket) => Socket {
  const plain = new Map<string, Socket>();
  const connections = new WeakMap<Socket, Socket>();
  const nameOf = ({ remoteAddress, remotePort, localAddress }: Socket) =>
    `${remoteAddress} ${remotePort} ${localAddress}`;
  server.on('connection', (socket: Socket) => {
    const name = nameOf(socket);
    plain.set(name, socket);
    // The same port may be back before its last connection is known to be gone.
    socket.once('close', () => plain.get(name) === socket && plain.delete(name));
  });
  server.on('secureConnection', (socket: Socket) => {
    const connection = plain.get(nameOf(socket));
    if (connection) connections.set(socket, connection);
  });
  return (socket) => connections.get(socket) ?? socket;
}
