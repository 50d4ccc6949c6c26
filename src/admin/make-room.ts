import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Bounds the connections of a server. When there are as many, the one that has asked for nothing for longest is cut for the next,
 * so that nobody shuts others out with connections that do nothing. If all are being answered, the next one is refused.
 */
export function makeRoom(server: Server, most: number): void {
  let open = 0;
  /** Those without a request, who has waited longest first. */
  const idle = new Set<Socket>();
  const underWay = new WeakMap<Socket, number>();
  const connectionOf = byTls(server);
  server.on('connection', (socket: Socket) => {
    open += 1;
    idle.add(socket);
    socket.once('close', () => {
      open -= 1;
      idle.delete(socket);
    });
    if (open <= most) return;
    const [longest = socket] = idle;
    idle.delete(longest);
    longest.destroy();
  });
  server.on('request', (request, response) => {
    const socket = connectionOf(request.socket);
    idle.delete(socket);
    underWay.set(socket, (underWay.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (underWay.get(socket) ?? 1) - 1;
      underWay.set(socket, left);
      if (left === 0 && !socket.destroyed) idle.add(socket);
    });
  });
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
