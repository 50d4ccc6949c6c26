import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildReceiver } from '../../../src/admin/callbacks/server.js';
import { buildAdmin } from '../../../src/admin/server.js';
import { type AdminRig, asOperator, people, startAdminRig } from '../../support/admin.js';
import { invoiceColumns } from '../../support/rig.js';

/** Strangers hold all connections of an admin or a receiver: whom that shuts out. */
let rig: AdminRig;
let sockets: Socket[];
let server: Server;
const secret = 'a-secret_of-32-characters-0123456';

beforeAll(async () => {
  rig = await startAdminRig({ env: { SIARAN_CALLBACK_SECRET: secret } });
});
afterAll(() => rig.close());

const builds = {
  admin: () => buildAdmin(rig.ctx, people, { connections: 20 }),
  receiver: () => buildReceiver(rig.ctx, { connections: 20 }),
} as const;

/** Has a server of 20 connections. */
async function withServer(which: keyof typeof builds, work: (url: string) => Promise<void>): Promise<void> {
  const app = await builds[which]();
  sockets = [];
  server = app.server;
  try {
    await work(await app.listen({ port: 0, host: '127.0.0.1' }));
  } finally {
    for (const socket of sockets) socket.destroy();
    await app.close();
  }
}

async function open(url: string, sent: string): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  sockets.push(socket);
  await new Promise((resolve) => socket.once('connect', resolve));
  // A connection whose request hasn't come yet is no such one as is tried here.
  const taken = Promise.race([once(server, 'request'), once(socket, 'close')]);
  socket.write(sent);
  await taken;
  return socket;
}

/** How one connection of its own is answered: it is not tried again. `''`: it was cut. */
async function answerTo(socket: Socket): Promise<string> {
  let answer = '';
  for await (const bytes of socket) answer += String(bytes);
  return answer.split('\r\n')[0] ?? '';
}

const get = (path: string) =>
  `GET ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: ${asOperator.authorization}\r\nConnection: close\r\n\r\n`;
const post = (path: string, more = '', length = 100) =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${more}Content-Length: ${length}\r\nConnection: close\r\n\r\n`;
const json = 'Content-Type: application/json\r\n';
const half = '{"name":';
const style = 'GET /assets/siaran.css HTTP/1.1\r\nHost: x\r\n\r\n';

test.each([
  ['half of a login', 'admin', post('/login', json) + half],
  ['half of an invitation', 'admin', post('/invitation', json) + half],
  ['half of what logs out', 'admin', post('/logout', json) + half],
  ['half of a callback', 'receiver', post('/callbacks/qiscus/wrong') + half],
  ['requests whose answers they do not read', 'admin', style.repeat(100)],
] as const)('strangers who send %s shut nobody out of the %s', async (_, which, sent) => {
  await withServer(which, async (url) => {
    for (let at = 0; at < 2; at += 1) {
      for (let more = 0; more < 22; more += 1) await open(url, sent);
      const asked = await open(url, get(which === 'admin' ? '/api/v1/runs' : '/healthz'));
      expect(await answerTo(asked)).toBe('HTTP/1.1 200 OK');
    }
  });
});

test.each([
  [
    'recipients of who was let in are',
    'admin',
    async (): Promise<string> => {
      const { id } = await rig.siaran.startRun({ name: 'Open', templateDetailId: 172, columns: invoiceColumns });
      return `/api/v1/runs/${id}/recipients`;
    },
    `Authorization: ${asOperator.authorization}\r\nContent-Type: application/x-ndjson\r\n`,
    '\n\n\n\n\n\n',
  ],
  [
    'a callback is',
    'receiver',
    async (): Promise<string> => `/callbacks/qiscus/${secret}`,
    '',
    JSON.stringify({ statuses: [] }),
  ],
] as const)(
  '%s taken to the end by the %s, however many strangers come meanwhile',
  async (_, which, pathOf, head, body) => {
    const path = await pathOf();
    await withServer(which, async (url) => {
      const slow = await open(url, post(path, head, body.length) + body.slice(0, 5));
      for (let at = 0; at < 60; at += 1) await open(url, post('/login', json) + half);
      slow.write(body.slice(5));
      expect(await answerTo(slow)).toBe('HTTP/1.1 200 OK');
    });
  },
);
