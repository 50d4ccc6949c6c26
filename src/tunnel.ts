import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Agent, buildConnector, Client, fetch as fetchByUndici } from 'undici';
import { basicCredentials } from './basic-credentials.js';

/**
 * Connects to an origin as undici does, through a proxy if there is one. As long as it hasn't called back with a socket, nothing was
 * sent to the origin: what the proxy refuses has reached nobody.
 * @param timeoutMs for each of the connections, and for the proxy's answer.
 */
export function connectorTo(proxy: string | undefined, timeoutMs: number): buildConnector.connector {
  const connect = buildConnector({ timeout: timeoutMs });
  if (proxy === undefined) return connect;
  return (options, callback) => {
    openTunnel(proxy, options, timeoutMs).then(
      (socket) => {
        if (options.protocol === 'https:') connect({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: Error) => callback(error, null),
    );
  };
}

type Fetch = (address: string, options: object) => Promise<Response>;

/** `fetch`, through the proxy that leads to each address, if there is one. @param proxyTo finds it */
export function fetchThrough(proxyTo: (address: string) => string | undefined, timeoutMs: number): Fetch {
  const agents = new Map<string | undefined, Agent>();
  const agentFor = (proxy: string | undefined) => {
    const agent = agents.get(proxy) ?? new Agent({ connect: connectorTo(proxy, timeoutMs) });
    agents.set(proxy, agent);
    return agent;
  };
  // Node's own fetch is undici's too, of another version.
  return (address, options) =>
    fetchByUndici(address, { ...options, dispatcher: agentFor(proxyTo(address)) }) as unknown as Promise<Response>;
}

/** For what makes its requests by Node's own `http` and `https`. @param protocol as `https:` */
export function agentThrough(proxy: string, protocol: string, timeoutMs: number): HttpAgent {
  const agent = protocol === 'https:' ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
  const connect = connectorTo(proxy, timeoutMs);
  agent.createConnection = ({ host, port }, done) => {
    const hostname = host ?? '';
    connect({ hostname, host: hostname, port: String(port), protocol }, (error, socket) => {
      if (error) done?.(error, null as never);
      else done?.(null, socket);
    });
    return null;
  };
  return agent;
}

type Origin = Pick<buildConnector.Options, 'hostname' | 'port' | 'protocol'>;

async function openTunnel(proxy: string, origin: Origin, timeoutMs: number): Promise<Socket> {
  const { origin: address, username, password } = new URL(proxy);
  const credentials = basicCredentials({ username, password });
  const path = `${origin.hostname}:${origin.port || (origin.protocol === 'https:' ? 443 : 80)}`;
  const client = new Client(address, { connect: { timeout: timeoutMs } });
  try {
    const { statusCode, socket } = await client.connect({
      path,
      headers: { host: path, ...(credentials !== undefined && { 'proxy-authorization': credentials }) },
      signal: AbortSignal.timeout(timeoutMs),
    });
    // A tunnel is the socket that the proxy's connection was.
    if (statusCode === 200) return socket as Socket;
    discard(socket);
    throw new Error(`the proxy ${address} does not connect to ${path}: HTTP ${statusCode}`);
  } finally {
    // The tunnel isn't its connection any more.
    await client.close();
  }
}

function discard(socket: Duplex): void {
  socket.on('error', () => {});
  socket.destroy();
}
