import type { AdminApp } from '../../src/admin/app.js';
import { buildAdmin } from '../../src/admin/server.js';
import type { AdminToken } from '../../src/config/admin-token.js';
import { type Rig, startRig } from './rig.js';

export const tokens = {
  operator: '5b0c7f19d2a84e63b1f7c0d98e4a2673',
  owner: 'a94f06d1c7e25b8370de49c1b6f8a253',
  analyst: '7c3e90a5d16b4f82c05e9ab71d3f6428',
  viewer: 'e1d84f6a90b35c27f8a6d41c0937be52',
};

/** Those whom the admin of a rig knows. */
export const people: readonly AdminToken[] = [
  { name: 'ada', role: 'operator', token: tokens.operator },
  { name: 'desk', role: 'viewer', token: tokens.viewer },
  { name: 'head', role: 'owner', token: tokens.owner },
  { name: 'figures', role: 'analyst', token: tokens.analyst },
];

/** What a program says of itself that asks as one of them. */
export const asOperator = { authorization: `Bearer ${tokens.operator}` };
export const asViewer = { authorization: `Bearer ${tokens.viewer}` };

/** The admin of a rig, listening on a port of its own. */
export type AdminRig = Rig & {
  app: AdminApp;
  url: string;
  /** Asks as the operator unless another token, or none, is given. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
};

export type AskOptions = {
  token?: string | null;
  json?: unknown;
  body?: string | ReadableStream;
  headers?: Record<string, string>;
};

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of a body is said where it looks at it.
export type Answer = { status: number; headers: Headers; text: string; body: any };

export async function startAdminRig(options: Parameters<typeof startRig>[0] = {}): Promise<AdminRig> {
  const rig = await startRig(options);
  const app = await buildAdmin(rig.ctx, people);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    ...rig,
    app,
    url,
    async ask(method, path, { token = tokens.operator, json, body, headers = {} } = {}) {
      const content = json === undefined ? body : JSON.stringify(json);
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(token === null ? {} : { Authorization: `Bearer ${token}` }),
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        redirect: 'manual',
        ...(content === undefined ? {} : { body: content, duplex: 'half' }),
      } as RequestInit);
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
    },
    async close() {
      await app.close();
      await rig.close();
    },
  };
}
