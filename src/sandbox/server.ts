import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { SiaranError } from '../errors.js';
import { Accepted } from './accepted.js';
import { type Assumptions, DEFAULT_ASSUMPTIONS } from './assumptions.js';
import { type CallbackOptions, Callbacks } from './callbacks/callbacks.js';
import { CONTROL_PREFIX, type ControlState, serveControl } from './control-endpoints.js';
import { FaultBook, type FaultRequest } from './faults.js';
import { type Exchange, sendJson } from './play-fault.js';
import {
  type Played,
  PROVIDER_PATHS,
  type ProviderState,
  serveProvider,
  serveTemplates,
  TEMPLATES_PATH,
} from './provider-endpoints.js';
import { firstTemplates, type SandboxTemplate } from './templates.js';

export type SandboxOptions = {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Default 127.0.0.1. */
  host?: string;
  /** When given, requests must carry it; otherwise any value that is not empty will do. */
  appId?: string;
  secretKey?: string;
  faults?: FaultRequest[];
  assumptions?: Partial<Assumptions>;
  /** How much of the newest files' text is held for `GET /_sandbox/files/ID`; default 64 MB. */
  keptFileBytes?: number;
  /** What `GET hsm` lists; default: one of each kind that makes a difference. */
  templates?: readonly SandboxTemplate[];
  /** So many of them are on a page at most; default 100. */
  templatesOnPage?: number;
  /** Posts how far each accepted message has come; left out, nothing is posted. */
  callbacks?: CallbackOptions;
  /** Told of each request to the provider's endpoints, when it is over. */
  onRequest?: (request: SandboxRequest) => void;
};

export type SandboxRequest = Played & { readonly method: string; readonly path: string };

export type Sandbox = {
  readonly url: string;
  readonly accepted: Accepted;
  /** Set if callbacks are posted. */
  readonly callbacks: Callbacks | undefined;
  /** Replaces the faults; their counters begin anew. @throws UsageError that names what is wrong. */
  setFaults(faults: FaultRequest[]): void;
  /** Replaces what `GET hsm` lists. */
  setTemplates(templates: readonly SandboxTemplate[]): void;
  /** Destroys open sockets too. */
  close(): Promise<void>;
};

type SandboxState = ProviderState &
  ControlState & { readonly templatesOnPage: number; readonly onRequest: SandboxOptions['onRequest'] };

/**
 * A server that answers as Qiscus does, remembers what it accepted, and goes wrong on request.
 * @throws SiaranError `PORT_IN_USE`; UsageError when a fault is not one.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const closing = new AbortController();
  const callbacks = options.callbacks && new Callbacks(options.callbacks, closing.signal);
  const state: SandboxState = {
    accepted: new Accepted(options.keptFileBytes, (numbers, job) => callbacks?.add(numbers, job)),
    callbacks,
    faults: new FaultBook(),
    firstFaults: options.faults ?? [],
    templates: { now: options.templates ?? firstTemplates, first: options.templates ?? firstTemplates },
    templatesOnPage: options.templatesOnPage ?? 100,
    assumptions: { ...DEFAULT_ASSUMPTIONS, ...options.assumptions },
    appId: options.appId,
    secretKey: options.secretKey,
    onRequest: options.onRequest,
    closing: closing.signal,
  };
  state.faults.set(state.firstFaults);

  const server = createServer((request, response) => void serve(state, { request, response }));
  const host = options.host ?? '127.0.0.1';
  await listen(server, options.port ?? 0, host);
  return {
    url: urlOf(server, host),
    accepted: state.accepted,
    callbacks,
    setFaults: (faults) => state.faults.set(faults),
    setTemplates: (templates) => {
      state.templates.now = templates;
    },
    close: () => {
      closing.abort();
      return closeServer(server);
    },
  };
}

async function serve(
  state: SandboxState,
  exchange: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  try {
    await route(state, exchange);
  } catch (error) {
    if (state.closing.aborted) return;
    if (exchange.response.headersSent) exchange.response.destroy();
    else sendJson(exchange, 500, { error: `the sandbox itself failed: ${String(error)}` });
  }
}

async function route(state: SandboxState, exchange: Exchange): Promise<void> {
  const { method = '', url = '/' } = exchange.request;
  const path = url.split('?', 1)[0] ?? '/';
  if (path.startsWith(CONTROL_PREFIX)) {
    await serveControl(state, path, exchange);
    return;
  }
  const endpoint = PROVIDER_PATHS.get(path);
  const none = (status: number): Played => ({
    outcome: sendJson(exchange, status, { error: `no ${method} ${path} here` }),
    fault: undefined,
  });
  const played =
    endpoint !== undefined && method === 'POST'
      ? await serveProvider(state, endpoint, exchange)
      : path === TEMPLATES_PATH && method === 'GET' && state.assumptions.listTemplates
        ? await serveTemplates(state, url, exchange)
        : none(endpoint ? 405 : 404);
  state.onRequest?.({ method, path, ...played });
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  const { promise, resolve, reject } = deferred();
  server.once('error', reject).listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    if (typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE') {
      throw new SiaranError('PORT_IN_USE', `Port ${port} of ${host} is in use; choose another, or 0 for a free one.`, {
        cause: error,
      });
    }
    throw new SiaranError('SANDBOX_NOT_STARTED', `The sandbox can't listen on ${host}:${port}: ${String(error)}`, {
      cause: error,
    });
  }
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve: () => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<void>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  return { promise, resolve, reject };
}

/** A host that stands for every interface is nothing that a client could call. */
function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const callable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${callable.includes(':') ? `[${callable}]` : callable}:${port}`;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
