import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecureVersion } from 'node:tls';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Qiscus } from '../../src/qiscus/client.js';
import { postMessage } from '../../src/webhook/client.js';
import { makeCertificates } from '../support/servers/certificates.js';

/** What of our own calls is told to whoever sits where Qiscus, or a receiver of notices, should be. */
let dir: string;
let identity: { key: Buffer; cert: Buffer };

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'siaran-tls-'));
  const { keyPath, certPath } = await makeCertificates(dir);
  identity = { key: await readFile(keyPath), cert: await readFile(certPath) };
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** Why each call failed, and how many requests got through all the same. */
async function askAt(version: SecureVersion): Promise<{ failures: string[]; requests: number }> {
  let requests = 0;
  const server: Server = createServer(
    // Node's own OpenSSL knows versions before 1.2 only at a lower level of security.
    { ...identity, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' },
    (_request, response) => {
      requests += 1;
      response.end('{}');
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const qiscus = new Qiscus({ baseUrl: url, appId: 'app', secretKey: 'very-secret-key' }, 5_000, 2);
  try {
    const csv = Buffer.from('phone_number\r\n6281234567890\r\n');
    const uploaded = await qiscus.upload({ csv, fileName: 'x.csv', templateDetailId: 172, separator: ',' });
    const webhook = { url, secret: 'a secret of sixteen letters' };
    const posted = await postMessage(webhook, { id: 'n1', body: '{}' }, 5_000);
    return { failures: [JSON.stringify(uploaded), posted ?? 'it arrived'], requests };
  } finally {
    await qiscus.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'by %s nothing is told to whom no known authority vouches for',
  async (version) => {
    const { failures, requests } = await askAt(version);
    for (const failure of failures) expect(failure).toMatch(/unable to verify|self-signed certificate/i);
    expect(requests).toBe(0);
  },
);

test.each(['TLSv1', 'TLSv1.1'] as const)('%s is not spoken', async (version) => {
  const { failures, requests } = await askAt(version);
  for (const failure of failures) expect(failure).toMatch(/protocol version|unsupported protocol|wrong version/i);
  expect(requests).toBe(0);
});
