import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type SilentProxy = {
  port: number;
  /** The same address, by way of this proxy. */
  through(url: string): string;
  /** From now on no byte passes, either way, and nothing is closed: a cable was pulled. */
  silence(): void;
  /**
   * Bytes pass again. `forgotten`: only those of new connections, as with a firewall that has forgotten the old ones; else what
   * was held back comes late.
   */
  flow(how: 'late' | 'forgotten'): void;
  /** How many pieces it has held back so far: none, if its silence struck nothing. */
  heldBack(): number;
  close(): void;
};

/** Stands before a server, and can stop passing bytes without closing anything. */
export async function startSilentProxy(target: string): Promise<SilentProxy> {
  const { port: targetPort, hostname } = new URL(target);
  let silent = false;
  let generation = 0;
  let heldBack = 0;
  const sockets = new Set<Socket>();
  const held: { to: Socket; bytes: Buffer }[] = [];
  const server = createServer({ noDelay: true }, (client) => {
    const born = generation;
    const peer = connect({ port: Number(targetPort), host: hostname, noDelay: true });
    const isForgotten = () => born < generation;
    for (const [from, to] of [
      [client, peer],
      [peer, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => {});
      from.on('data', (bytes: Buffer) => {
        if (silent || isForgotten()) heldBack += 1;
        if (isForgotten()) return;
        if (silent) held.push({ to, bytes });
        else to.write(bytes);
      });
      from.once('close', () => {
        sockets.delete(from);
        if (!silent && !isForgotten()) to.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    through: (url) =>
      Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href.replace(/(?<=\d)\/$/, ''),
    silence() {
      silent = true;
    },
    flow(how) {
      silent = false;
      if (how === 'forgotten') generation += 1;
      for (const { to, bytes } of held.splice(0)) if (how === 'late' && !to.destroyed) to.write(bytes);
    },
    heldBack: () => heldBack,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
