import { mkdtempSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { buildReceiver, type ReceiverOptions } from '../../../src/admin/callbacks/server.js';
import { type Listener, listen } from '../../../src/admin/listen.js';
import type { Context } from '../../../src/context.js';
import { tokens } from '../../support/admin.js';
import { phoneNumber, type Rig, startRig } from '../../support/rig.js';
import { delivered } from '../../support/statuses.js';

export const secret = 'a-secret_of-32-characters-0123456';
export const oldSecret = 'another-secret_of-32-characters-';
export const ownSecret = 'own-secret_of-acme-0123456789';
export const path = `/callbacks/qiscus/${secret}`;

function accountsFile(): string {
  const file = join(mkdtempSync(join(tmpdir(), 'siaran-')), 'accounts.yaml');
  writeFileSync(
    file,
    `acme: { appId: acme, secretKey: other, callbackSecret: ${ownSecret} }\nnorth: { appId: n, secretKey: o }\n`,
  );
  return file;
}

export let rig: Rig;
export let listener: Listener;
/** The ledger as it was before the test. */
export let before: unknown;
let next = 0;
const numbers = Array.from({ length: 50 }, (_, index) => phoneNumber(index));

/** One that was sent to, and that no test tells anything of that is taken. */
export const lastNumber = numbers.at(-1);

/** One that was sent to, and that no test has told of. */
export function nextNumber(): string {
  return numbers[next++] ?? '';
}

/** Opens a receiver beside a run of fifty numbers, for all tests of a file. */
export function useReceiver(): void {
  beforeAll(async () => {
    rig = await startRig({
      env: {
        SIARAN_CALLBACK_SECRET: `${secret},${oldSecret}`,
        SIARAN_ACCOUNTS_FILE: accountsFile(),
        SIARAN_STOP_WORDS: 'Stop, Berhenti',
        SIARAN_ADMIN_TOKEN: `desk:viewer:${tokens.viewer}`,
      },
    });
    await rig.work();
    await delivered(rig, numbers, 1);
    listener = await open(rig.ctx, { patienceMs: 1_000 });
  });
  afterAll(async () => {
    await listener.close();
    await rig.close();
  });
  beforeEach(async () => {
    before = await ledger();
  });
}

export const ledger = () => rig.query('SELECT * FROM broadcast_logs ORDER BY id');

export async function open(ctx: Context, options: ReceiverOptions & { port?: number } = {}): Promise<Listener> {
  return listen(await buildReceiver(ctx, options), { host: '127.0.0.1', port: options.port ?? 0 });
}

export type Answer = { status: number; body: unknown; headers: IncomingMessage['headers'] };

/** A request on a connection of its own, that says what it likes. */
export function ask(options: {
  method?: string;
  path?: string;
  body?: string | Buffer;
  headers?: Record<string, string>;
  url?: string;
}) {
  return new Promise<Answer>((resolve, reject) => {
    const request = httpRequest(
      `${options.url ?? listener.url}${options.path ?? path}`,
      { method: options.method ?? 'POST', headers: options.headers ?? {}, agent: false },
      (response) => {
        let text = '';
        response.on('data', (part) => (text += String(part)));
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: text && JSON.parse(text), headers: response.headers }),
        );
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

export function statuses(...items: object[]): string {
  return JSON.stringify({ statuses: items });
}
