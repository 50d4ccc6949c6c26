// A provider that posts callbacks: so many at a time, each on a connection that is kept. It speaks HTTP by itself, as a client
// library would take as much of the machine as what is measured.
import { connect, type Socket } from 'node:net';
import { answerParent } from './answer.js';

export type SendRequest = {
  port: number;
  path: string;
  /** Messages `from` to `from + messages`, each of which is told to have come so far. */
  from: number;
  messages: number;
  status: string;
  /** So many statuses are in one callback, and so many callbacks wait for their answer. */
  packed: number;
  inFlight: number;
};
export type Sent = { ms: number; p50: number; p99: number; longest: number };

await answerParent(async (request: SendRequest): Promise<Sent> => {
  const { from, messages, packed, inFlight } = request;
  let next = from;
  const tookMs: number[] = [];
  const begun = performance.now();
  const lanes = Array.from({ length: inFlight }, async () => {
    const lane = await open(request.port);
    while (next < from + messages) {
      const first = next;
      next = Math.min(next + packed, from + messages);
      const asked = performance.now();
      const status = await lane.post(callback(request, first, next));
      if (status !== 200) throw new Error(`a callback was answered with ${status}`);
      tookMs.push(performance.now() - asked);
    }
    lane.close();
  });
  await Promise.all(lanes);
  const ms = performance.now() - begun;
  tookMs.sort((a, b) => a - b);
  const quantile = (part: number) =>
    tookMs[Math.min(tookMs.length - 1, Math.floor(part * tookMs.length))] ?? Number.NaN;
  return { ms, p50: quantile(0.5), p99: quantile(0.99), longest: quantile(1) };
});

function callback({ path, status }: SendRequest, first: number, end: number): string {
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const statuses = Array.from({ length: end - first }, (_, at) => ({
    id: `wamid.${first + at}`,
    status,
    timestamp,
    recipient_id: String(6_281_200_000_000 + first + at),
  }));
  const body = JSON.stringify({ statuses });
  return `POST ${path} HTTP/1.1\r\nHost: receiver\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

type Lane = { post(text: string): Promise<number>; close(): void };

async function open(port: number): Promise<Lane> {
  const socket: Socket = connect(port, '127.0.0.1').setNoDelay();
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let [said, answer] = ['', (_status: number) => {}];
  let fail = (_error: Error) => {};
  socket.on('error', (error) => fail(error)).on('close', () => fail(new Error('the connection was closed')));
  socket.on('data', (part) => {
    said += part.toString('latin1');
    const [head = '', status, length] =
      /^HTTP\/1\.1 (\d+)[\s\S]*?content-length: (\d+)[\s\S]*?\r\n\r\n/i.exec(said) ?? [];
    if (status === undefined || said.length < head.length + Number(length)) return;
    said = said.slice(head.length + Number(length));
    answer(Number(status));
  });
  return {
    post: (text) =>
      new Promise((resolve, reject) => {
        [answer, fail] = [resolve, reject];
        socket.write(text);
      }),
    close() {
      fail = () => {};
      socket.end();
    },
  };
}
