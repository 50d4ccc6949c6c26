import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NoticeBody } from '../../src/index.js';

export type Received = { path: string; headers: IncomingHttpHeaders; text: string; body: NoticeBody; genuine: boolean };

/** A webhook as its owner would write it: it keeps what comes, and whether it was signed with the key. */
export type Receiver = {
  url: string;
  port: number;
  received: Received[];
  /** Statuses of the next answers; `hang` answers nothing. Then 204. */
  answers: (number | 'hang')[];
  of(event: string): Received[];
  close(): Promise<void>;
};

export async function startReceiver(key: Buffer, port = 0): Promise<Receiver> {
  const [received, answers]: [Received[], (number | 'hang')[]] = [[], []];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = Buffer.concat(parts).toString();
      const { headers, url: path = '' } = request;
      received.push({
        path,
        headers,
        text,
        body: JSON.parse(text) as NoticeBody,
        genuine: isGenuine(key, headers, text),
      });
      const answer = answers.shift() ?? 204;
      if (answer !== 'hang') response.writeHead(answer, answer === 302 ? { Location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}/hook?of=siaran`,
    port: address.port,
    received,
    answers,
    of: (event) => received.filter(({ body }) => body.event === event),
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** As https://www.standardwebhooks.com says; the time is within five minutes of ours. */
function isGenuine(key: Buffer, headers: IncomingHttpHeaders, text: string): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = headers;
  const expected = Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest('base64')}`);
  const given = Buffer.from(String(signature));
  return (
    Math.abs(Date.now() / 1000 - Number(timestamp)) < 300 &&
    given.length === expected.length &&
    timingSafeEqual(given, expected)
  );
}
