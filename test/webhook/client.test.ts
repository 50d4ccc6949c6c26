import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { postMessage } from '../../src/webhook/client.js';
import { type Receiver, startReceiver } from '../support/receiver.js';

const key = Buffer.from('0123456789abcdef01234567');
const secret = `whsec_${key.toString('base64')}`;
const message = { id: '7f6f4f0e-0000-4000-8000-000000000001', body: '{"event":"hold"}' };

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver(key);
});
afterEach(() => receiver.close());

test('a message arrives as JSON, signed, under its id and at the whole address', async () => {
  expect(await postMessage({ url: receiver.url, secret }, message, 5_000)).toBeUndefined();
  expect(receiver.received).toMatchObject([
    {
      path: '/hook?of=siaran',
      text: message.body,
      genuine: true,
      headers: { 'content-type': 'application/json', 'webhook-id': message.id },
    },
  ]);
  expect(receiver.received[0]?.headers).not.toHaveProperty('authorization');
});

test('a secret that is no whsec_ signs as the text that it is; another secret shows', async () => {
  await postMessage({ url: receiver.url, secret: key.toString() }, message, 5_000);
  await postMessage({ url: receiver.url, secret: 'another secret of ours' }, message, 5_000);
  expect(receiver.received.map(({ genuine }) => genuine)).toEqual([true, false]);
});

test('name and password of the address go along as Basic authorization', async () => {
  const url = receiver.url.replace('//', '//dewi:p%40ss@');
  expect(await postMessage({ url, secret }, message, 5_000)).toBeUndefined();
  const basic = Buffer.from('dewi:p@ss').toString('base64');
  expect(receiver.received[0]?.headers.authorization).toBe(`Basic ${basic}`);
});

test.each([400, 404, 410, 429, 500])('HTTP %i is no delivery', async (status) => {
  receiver.answers.push(status);
  expect(await postMessage({ url: receiver.url, secret }, message, 5_000)).toBe(`HTTP ${status}`);
});

test('a redirect is not followed: what is told stays with whom it was meant for', async () => {
  receiver.answers.push(302);
  expect(await postMessage({ url: receiver.url, secret }, message, 5_000)).toBe('HTTP 302');
  expect(receiver.received).toHaveLength(1);
});

test('no answer within the deadline, or nobody there, is said in a few words without the secret', async () => {
  receiver.answers.push('hang');
  expect(await postMessage({ url: receiver.url, secret }, message, 300)).toBe('no answer within 0.3 s');
  const nobody = { url: 'http://dewi:password@127.0.0.1:9/hook', secret };
  expect(await postMessage(nobody, message, 5_000)).toMatch(/^ECONNREFUSED: connect ECONNREFUSED 127\.0\.0\.1:9$/);
});
