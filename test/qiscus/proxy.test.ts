import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Qiscus } from '../../src/qiscus/client.js';
import { postMessage } from '../../src/webhook/client.js';
import { type ForwardProxy, startForwardProxy } from '../support/servers/forward-proxy.js';

// A name that only the proxy knows: what doesn't go through it reaches nobody.
const host = 'qiscus.internal';
const send = { templateDetailId: 1, broadcastFileId: 5, name: 'x', separator: ',', startedAt: undefined } as const;
const always = () => true;

let provider: Server;
let port: number;
let heard: string[];
let proxy: ForwardProxy;

beforeEach(async () => {
  heard = [];
  provider = createServer((request, response) => {
    heard.push(`${request.method} ${request.url}`);
    request.resume().on('end', () => response.end('{"data":{}}'));
  });
  port = await listen(provider);
  proxy = await startForwardProxy();
});
afterEach(async () => {
  await proxy.close();
  provider.closeAllConnections();
  await new Promise((resolve) => provider.close(resolve));
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function withQiscus<T>(password: string, work: (qiscus: Qiscus) => Promise<T>): Promise<T> {
  const address = `http://siaran:${password}@127.0.0.1:${proxy.port}`;
  const settings = { baseUrl: `http://${host}:${port}`, appId: 'app', secretKey: 'very-secret', proxy: address };
  const qiscus = new Qiscus(settings, 2_000, 2);
  try {
    return await work(qiscus);
  } finally {
    await qiscus.close();
  }
}

describe('a proxy on the way to Qiscus', () => {
  it('takes uploads and sends there', async () => {
    const upload = {
      csv: Buffer.from('phone_number\r\n'),
      fileName: 'x.csv',
      templateDetailId: 1,
      separator: ',',
    } as const;
    await withQiscus('pass%20word', async (qiscus) => {
      expect(await qiscus.upload(upload)).toMatchObject({ status: 200 });
      expect(await qiscus.send(send, always)).toMatchObject({ status: 200 });
    });
    expect(heard).toEqual(['POST /api/v3/admin/broadcast/upload_csv', 'POST /api/v3/admin/broadcast/send_broadcast']);
    expect(proxy.tunnels).toEqual([`siaran:pass word ${host}:${port}`, `siaran:pass word ${host}:${port}`]);
  });

  it.each([
    ['does not let us in', 'wrong', false, 407],
    ['does not connect to it', 'pass%20word', true, 403],
  ])('that %s has sent nothing', async (_, password, refusing, status) => {
    if (refusing) proxy.refuse();
    const answer = await withQiscus(password, (qiscus) => qiscus.send(send, always));
    expect(answer).toEqual({ reached: 'nothing', error: expect.stringContaining(`HTTP ${status}`) });
    expect(JSON.stringify(answer)).not.toContain(password);
    expect(heard).toEqual([]);
  });

  it('that is not there has sent nothing', async () => {
    const settings = {
      baseUrl: `http://${host}:${port}`,
      appId: 'a',
      secretKey: 'very-secret',
      proxy: 'http://127.0.0.1:1',
    };
    const qiscus = new Qiscus(settings, 2_000, 2);
    expect(await qiscus.send(send, always)).toMatchObject({ reached: 'nothing' });
    await qiscus.close();
  });

  it('through which the answer does not come leaves it unknown', async () => {
    provider.removeAllListeners('request');
    provider.on('request', (request) => request.socket.destroy());
    expect(await withQiscus('pass%20word', (qiscus) => qiscus.send(send, always))).toMatchObject({
      reached: 'unknown',
    });
  });

  it('is asked for no request whose time is over', async () => {
    const answer = await withQiscus('pass%20word', (qiscus) => qiscus.send(send, () => false));
    expect(answer).toMatchObject({ reached: 'withheld' });
    expect(heard).toEqual([]);
  });

  it('takes notices too', async () => {
    const webhook = {
      ...{ url: `http://${host}:${port}/notices`, secret: 'a-secret-of-enough-length' },
      proxy: `http://siaran:pass%20word@127.0.0.1:${proxy.port}`,
    };
    expect(await postMessage(webhook, { id: 'n1', body: '{}' }, 2_000)).toBeUndefined();
    expect(heard).toEqual(['POST /notices']);
  });
});
