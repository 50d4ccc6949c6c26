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
  server.on('request', ({ socket }, response) => {
    idle.delete(socket);
    underWay.set(socket, (underWay.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (underWay.get(socket) ?? 1) - 1;
      underWay.set(socket, left);
      if (left === 0 && !socket.destroyed) idle.add(socket);
    });
  });
}
