import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type ReceivedSpan = {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  attributes: Record<string, string>;
};

export type TraceReceiver = {
  url: string;
  spans: ReceivedSpan[];
  bytes(): string;
  /** What came along with the latest spans. */
  headers(): IncomingHttpHeaders;
  close(): Promise<void>;
};

/** Takes traces as a collector does: OTLP over HTTP, in protobuf. */
export async function startTraceReceiver(answer: 'take' | 'refuse' | 'hang' = 'take'): Promise<TraceReceiver> {
  const spans: ReceivedSpan[] = [];
  let bytes = '';
  let headers: IncomingHttpHeaders = {};
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const content = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      headers = request.headers;
      bytes += content.toString('latin1');
      spans.push(...spansOf(content));
      if (answer !== 'hang') response.writeHead(answer === 'take' ? 200 : 500).end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bytes: () => bytes,
    headers: () => headers,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

/** As opentelemetry/proto/collector/trace/v1 numbers the fields. */
function spansOf(request: Buffer): ReceivedSpan[] {
  const resourceSpans = fieldsOf(request, 1);
  const scopeSpans = resourceSpans.flatMap((each) => fieldsOf(each, 2));
  return scopeSpans.flatMap((each) => fieldsOf(each, 2)).map(spanOf);
}

function spanOf(span: Buffer): ReceivedSpan {
  const hex = (field: number) => fieldsOf(span, field)[0]?.toString('hex') ?? '';
  const text = (of: Buffer | undefined, field: number) => (of && fieldsOf(of, field)[0]?.toString()) ?? '';
  const attributes = fieldsOf(span, 9).map((pair) => [text(pair, 1), text(fieldsOf(pair, 2)[0], 1)]);
  return {
    traceId: hex(1),
    spanId: hex(2),
    parentSpanId: hex(4),
    name: text(span, 5),
    attributes: Object.fromEntries(attributes) as Record<string, string>,
  };
}

/** The parts of a message that have this number and a length. */
function fieldsOf(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const [field, type] = [Math.floor(key / 8), key % 8];
    if (type === 0) varint();
    else if (type === 1) at += 8;
    else if (type === 5) at += 4;
    else {
      const length = varint();
      if (field === wanted) found.push(message.subarray(at, at + length));
      at += length;
    }
  }
  return found;
}
