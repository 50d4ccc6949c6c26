import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { root } from './markdown.js';

/** What `npm run audit:program` makes of what a registry says. */
let server: Server | undefined;
afterEach(() => void server?.close());

/** A registry that knows a weakness of these packages, in whatever version. */
async function startRegistry(weak: readonly string[], status = 200): Promise<string> {
  const advisory = { title: 'It can be read', url: 'https://advisories.test/1', severity: 'high' };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    response.setHeader('Content-Type', 'application/json');
    if (request.url !== '/-/npm/v1/security/advisories/bulk') return void response.writeHead(404).end('{}');
    const asked = Object.keys(JSON.parse(String(gunzipSync(Buffer.concat(chunks)))));
    const told = asked
      .filter((name) => weak.includes(name))
      .map((name) => [name, [{ ...advisory, id: 1, vulnerable_versions: '*' }]]);
    response.writeHead(status).end(status === 200 ? JSON.stringify(Object.fromEntries(told)) : '{}');
  };
  server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function audit(registry: string) {
  const env = { ...process.env, npm_config_registry: registry, npm_config_fetch_retries: '0' };
  const child = spawn(process.execPath, ['tools/sbom/audit.mjs'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, out, err };
}

test('a weakness of a package in the program is told, and none of what only tests and tools need', async () => {
  const { code, out } = await audit(await startRegistry(['pino', 'jest']));
  expect(out).toMatch(/^pino .*: high, It can be read \(https:\/\/advisories\.test\/1\)$/m);
  expect(out).not.toMatch(/^jest/m);
  expect(code).toBe(1);
});

test('without weaknesses it says so, and without an answer it fails', async () => {
  expect(await audit(await startRegistry(['jest']))).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^0 of \d+ packages/),
  });
  server?.close();
  const refused = await audit(await startRegistry([], 500));
  expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('The registry told nothing') });
});
