import type dns from 'node:dns';
import { RequestError, Server } from 'proxy-chain';

export type ForwardProxy = {
  port: number;
  /** What it was asked to connect to, each with who asked. */
  tunnels: string[];
  /** From now on it connects to nothing. */
  refuse(): void;
  close(): Promise<void>;
};

/** Asked for all addresses of a name, or for one. */
const thisMachine = (_name: string, { all }: { all?: boolean }, found: (...result: unknown[]) => void) =>
  all ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);

/** A proxy that lets `siaran` with the password `pass word` in, and knows every name as this machine. */
export async function startForwardProxy(): Promise<ForwardProxy> {
  const tunnels: string[] = [];
  let refuses = false;
  const server = new Server({
    port: 0,
    host: '127.0.0.1',
    prepareRequestFunction({ hostname, port, username, password }) {
      tunnels.push(`${username}:${password} ${hostname}:${port}`);
      if (refuses) throw new RequestError('not to there', 403);
      if (username !== 'siaran' || password !== 'pass word') return { requestAuthentication: true };
      return { dnsLookup: thisMachine as unknown as typeof dns.lookup };
    },
  });
  await server.listen();
  return {
    port: server.port,
    tunnels,
    refuse: () => {
      refuses = true;
    },
    close: () => server.close(true),
  };
}
