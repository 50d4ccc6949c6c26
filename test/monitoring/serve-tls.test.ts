import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type RequestOptions, request } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { generate } from 'selfsigned';
import { buildReceiver } from '../../src/admin/callbacks/server.js';
import { listen } from '../../src/admin/listen.js';
import { buildAdmin } from '../../src/admin/server.js';
import { readPair } from '../../src/monitoring/serve-tls.js';
import { buildWorkerServer } from '../../src/monitoring/worker-server.js';
import { people, tokens } from '../support/admin.js';
import { eventually, type Rig, startRig } from '../support/rig.js';
import { type Certificates, makeCertificates } from '../support/servers/certificates.js';

/** The admin, the receiver of callbacks and workers serve https themselves. */
let rig: Rig;
let dir: string;
let certificates: Certificates;
const files = () => ({ certFile: join(dir, 'used.pem'), keyFile: join(dir, 'used-key.pem') });
const served = () => ({ ...rig.ctx, config: { ...rig.ctx.config, tls: files() } });
const local = { host: '127.0.0.1', port: 0 };

beforeAll(async () => {
  rig = await startRig({ env: { SIARAN_CALLBACK_SECRET: 'a-secret-of-this-test' } });
  dir = await mkdtemp(join(tmpdir(), 'siaran-https-'));
  certificates = await makeCertificates(dir);
  await use(certificates);
});
afterAll(async () => {
  await rig.close();
  await rm(dir, { recursive: true, force: true });
});

async function use({ certPath, keyPath }: Certificates): Promise<void> {
  await copyFile(certPath, files().certFile);
  await copyFile(keyPath, files().keyFile);
}

/** As a client that trusts the CA of this test, and no other. */
async function get(url: string, more: RequestOptions = {}) {
  return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]> }>((resolve, reject) => {
    request(url, { ca: certificates.ca, agent: false, ...more }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
    })
      .once('error', reject)
      .end(more.method === 'POST' ? `token=${tokens.viewer}` : '');
  });
}

function dial(url: string, more = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', ca: certificates.ca, ...more });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', reject);
  });
}

test('each of them is reached by https, and by nothing older than TLS 1.2', async () => {
  const admin = await listen(await buildAdmin(served(), people), local);
  const receiver = await listen(await buildReceiver(served()), local);
  const worker = buildWorkerServer(served(), { host: '127.0.0.1', port: 39_471 }, {
    beatAt: () => Date.now(),
  } as never);
  await worker.listen();
  try {
    for (const url of [admin.url, receiver.url, 'https://127.0.0.1:39471']) {
      expect(url).toMatch(/^https:/);
      expect([url, (await get(`${url}/readyz`)).headers['strict-transport-security']]).toEqual([
        url,
        'max-age=31536000; includeSubDomains',
      ]);
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
      await expect(dial(url, old)).rejects.toThrow(/protocol version|unsupported protocol/i);
      const newer = await dial(url);
      expect(newer.getProtocol()).toBe('TLSv1.3');
      newer.destroy();
    }
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const login = await get(`${admin.url}/login`, { method: 'POST', headers });
    expect([login.status, String(login.headers['set-cookie'])]).toEqual([
      303,
      expect.stringMatching(/^__Host-siaran_session=.*; Secure; SameSite=Strict/),
    ]);
  } finally {
    await Promise.all([admin.close(), receiver.close(), worker.close()]);
  }
});

test('another certificate is taken when it stands in the files, and one that is wrong is not', async () => {
  const admin = await listen(await buildAdmin(served(), people), local);
  try {
    const before = await dial(admin.url);
    const serial = before.getPeerCertificate().serialNumber;
    before.destroy();
    const other = await mkdtemp(join(dir, 'other-'));
    const next = await makeCertificates(other);
    await writeFile(files().keyFile, 'no key at all');
    await sleep(6_000);
    expect((await get(`${admin.url}/readyz`)).status).toBe(200);
    await use(next);
    const shown = async () => {
      // Its CA has the name of the other one.
      const socket = await dial(admin.url, { rejectUnauthorized: false });
      const { serialNumber } = socket.getPeerCertificate();
      socket.destroy();
      return serialNumber;
    };
    expect(await eventually(shown, (now) => now !== serial)).not.toBe(serial);
  } finally {
    await admin.close();
    await use(certificates);
  }
});

test('connections that begin no TLS, or ask for nothing by it, shut nobody out', async () => {
  const admin = await listen(await buildAdmin(served(), people, { connections: 20 }), local);
  const port = Number(new URL(admin.url).port);
  try {
    const asking = await dial(admin.url);
    const heard: string[] = [];
    asking.on('data', (text) => heard.push(String(text)));
    const headers = `Host: x\r\nAuthorization: Bearer ${tokens.viewer}`;
    const run = await rig.siaran.startRun({ name: 'a', templateDetailId: 172, columns: ['phone_number'] });
    asking.write(`GET /api/v1/runs/${run.id}/events HTTP/1.1\r\n${headers}\r\n\r\n`);
    await eventually(
      async () => heard.join(''),
      (text) => text.includes('200 OK'),
    );
    for (let at = 0; at < 25; at += 1) connectPlain(port, '127.0.0.1').on('error', () => {});
    for (let at = 0; at < 25; at += 1)
      void dial(admin.url)
        .then((idle) => idle.on('error', () => {}))
        .catch(() => {});
    await sleep(500);
    expect((await get(`${admin.url}/healthz`)).status).toBe(200);
    expect(asking.destroyed).toBe(false);
    // Who speaks http there is cut off.
    const plain = connectPlain(port, '127.0.0.1').on('error', () => {});
    plain.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => plain.once('close', resolve));
    asking.destroy();
  } finally {
    await admin.close();
  }
});

test('what can not be used is told, and nothing of it', async () => {
  await writeFile(files().keyFile, 'a secret that is no key');
  for (const build of [() => buildAdmin(served(), people), () => buildReceiver(served())])
    await expect(build()).rejects.toMatchObject({
      code: 'TLS',
      message: expect.not.stringContaining('a secret'),
    });
  await use(certificates);
});

test.each(['rsa', 'ec'] as const)('a key of another certificate is told, also one of %s', async (keyType) => {
  const other = await generate([{ name: 'commonName', value: 'localhost' }], { keyType, algorithm: 'sha256' });
  const pair = { certFile: certificates.certPath, keyFile: join(dir, `${keyType}-key.pem`) };
  await writeFile(pair.keyFile, other.private);
  expect(() => readPair(pair)).toThrow(
    `TLS can't be served with SIARAN_TLS_CERT_FILE (${pair.certFile}) and SIARAN_TLS_KEY_FILE (${pair.keyFile}): the key is not that of the certificate`,
  );
  expect(readPair({ ...pair, keyFile: certificates.keyPath })).toHaveProperty('cert');
});
