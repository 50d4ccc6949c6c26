import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { json, type Running, start, until } from '../cli/siaran.js';
import { startReceiver } from '../support/receiver.js';
import { finished, invoiceColumns, invoices, phoneNumber, type Rig, secretKey, startRig } from '../support/rig.js';
import { startForwardProxy } from '../support/servers/forward-proxy.js';
import { type ReceivedSpan, startTraceReceiver, type TraceReceiver } from './trace-receiver.js';

let rig: Rig;
let receiver: TraceReceiver | undefined;
const workers: Running[] = [];

beforeEach(async () => {
  rig = await startRig();
});

afterEach(async () => {
  await stopWorkers();
  await receiver?.close();
  receiver = undefined;
  await rig.close();
});

async function stopWorkers(): Promise<void> {
  for (const { child } of workers) child.kill('SIGTERM');
  for (const { ended } of workers.splice(0)) await ended;
}

const tracingTo = (url: string, others: Record<string, string> = {}) => ({
  ...{ OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_BSP_SCHEDULE_DELAY: '100', ...others },
});

async function startWorkers(count: number, env: Record<string, string>): Promise<void> {
  for (let each = 0; each < count; each += 1) {
    const worker = start(['worker', '--json'], { env: { ...rig.env, ...env } });
    workers.push(worker);
    await until(() => worker.stdout().includes('}'), 'a worker');
  }
}

function send(count: number, env: Record<string, string>): Promise<{ runId: string }> {
  const rows = [...invoices(count)].map((row) => Object.values(row).join(','));
  const csv = `phone_number,customer_name,body_variable1\n${rows.join('\n')}\n`;
  const args = ['send', '-', '--template-detail-id', '172', '--name', 'December', '--key', 'december'];
  // Spans are handed over when a process ends.
  return json(args, { alone: true, env: { ...rig.env, ...env }, input: csv });
}

const fromLibrary = { name: 'library', templateDetailId: 172, columns: invoiceColumns };

const steps = ['enqueue', 'chunk', 'upload', 'send', 'record'];
const count = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name).length;

test('one trace leads from enqueue to record, through processes, and tells ids only', async () => {
  receiver = await startTraceReceiver();
  const { spans } = receiver;
  const hook = await startReceiver(Buffer.from('a secret of 16 letters'));
  await startWorkers(2, {
    ...tracingTo(receiver.url),
    SIARAN_NOTIFY_URL: `${hook.url}&token=of-the-hook`,
    SIARAN_NOTIFY_SECRET: 'a secret of 16 letters',
  });
  const { runId } = await send(2_500, tracingTo(receiver.url));
  await finished(rig.siaran, runId);
  await until(() => hook.of('run.finished').length > 0, 'the notice');
  await stopWorkers();
  await hook.close();
  const ours = spans.filter((span) => span.attributes['siaran.run_id'] === runId);
  const root = ours.find((span) => span.name === 'siaran run');
  expect(new Set(ours.map((span) => span.traceId))).toEqual(new Set([root?.traceId]));
  for (const step of steps)
    expect(
      ours.filter((span) => span.name === `siaran ${step}` && span.parentSpanId === root?.spanId),
    ).not.toHaveLength(0);
  expect([count(ours, 'siaran upload'), count(ours, 'siaran send'), count(ours, 'siaran record')]).toEqual([3, 3, 3]);
  const records = ours.filter((span) => span.name === 'siaran record');
  expect(records.map((span) => span.attributes['siaran.batch_id']).sort()).toEqual(
    [1, 2, 3].map((number) => `${runId}-000${number}`),
  );
  expect(new Set(records.map((span) => span.attributes['siaran.outcome']))).toEqual(new Set(['scheduled']));
  // The requests to Qiscus, within the steps that made them.
  const parents = new Map(spans.map((span) => [span.spanId, span.name]));
  const requests = spans.filter((span) => span.traceId === root?.traceId && span.name === 'POST');
  expect(requests.map((span) => parents.get(span.parentSpanId)).sort()).toEqual([
    ...Array(3).fill('siaran send'),
    ...Array(3).fill('siaran upload'),
  ]);
  // BullMQ's own.
  expect(spans.some((span) => span.name.includes('chunk') && !span.name.startsWith('siaran'))).toBe(true);
  for (const secret of [secretKey, 'of-the-hook', phoneNumber(7), phoneNumber(7).slice(2), 'INV-7', 'Customer 7'])
    expect(receiver.bytes()).not.toContain(secret);
});

test.each([
  ['', 1],
  ['.internal', 0],
])('traces go through the proxy that leads to their receiver, but not with NO_PROXY=%s', async (except, least) => {
  receiver = await startTraceReceiver();
  const proxy = await startForwardProxy();
  const host = `collector.internal:${new URL(receiver.url).port}`;
  const address = `http://siaran:pass%20word@127.0.0.1:${proxy.port}`;
  await send(5, { ...tracingTo(`http://${host}`), HTTP_PROXY: address, NO_PROXY: except });
  const { spans } = receiver;
  expect([count(spans, 'siaran run') >= least, spans.length > 0]).toEqual([true, least === 1]);
  expect(new Set(proxy.tunnels)).toEqual(new Set(least === 1 ? [`siaran:pass word ${host}`] : []));
  await proxy.close();
});

test('headers out of a file go along with traces', async () => {
  receiver = await startTraceReceiver();
  const folder = await mkdtemp(join(tmpdir(), 'siaran-headers-'));
  const OTEL_EXPORTER_OTLP_HEADERS_FILE = join(folder, 'headers');
  await writeFile(OTEL_EXPORTER_OTLP_HEADERS_FILE, 'authorization=Bearer%20hunter22,x-team=a\n');
  await send(5, { ...tracingTo(receiver.url), OTEL_EXPORTER_OTLP_HEADERS_FILE });
  expect(receiver.headers()).toMatchObject({ authorization: 'Bearer hunter22', 'x-team': 'a' });
  await rm(folder, { recursive: true });
});

test('without the variables nothing is traced, and no trace is kept', async () => {
  receiver = await startTraceReceiver();
  const off = [
    {},
    { ...tracingTo(receiver.url), OTEL_SDK_DISABLED: 'true' },
    { ...tracingTo(receiver.url), OTEL_TRACES_EXPORTER: 'none' },
  ];
  await startWorkers(1, off[1] ?? {});
  for (const env of off) await send(5, env).catch(() => {});
  const [run] = await rig.siaran.runs();
  await finished(rig.siaran, run?.id ?? '');
  await stopWorkers();
  expect(receiver.spans).toEqual([]);
  expect(await rig.query('SELECT DISTINCT traceparent FROM runs')).toEqual([{ traceparent: null }]);
});

test.each(['dead', 'refuse', 'hang'] as const)(
  'with a receiver of traces that is %s everything is delivered all the same',
  async (state) => {
    receiver = await startTraceReceiver(state === 'dead' ? 'take' : state);
    const { url } = receiver;
    if (state === 'dead') await receiver.close();
    const env = tracingTo(url, { OTEL_BSP_MAX_QUEUE_SIZE: '4', OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2' });
    await startWorkers(1, env);
    const { runId } = await send(3_300, env);
    expect(await finished(rig.siaran, runId)).toMatchObject({
      outcome: 'handed_over',
      recipients: { scheduled: 3_300 },
    });
    expect(Math.max(...rig.sandbox.accepted.deliveries().values())).toBe(1);
    const [worker] = workers;
    await stopWorkers();
    expect(worker?.child.exitCode).toBe(0);
  },
);

test('a run that a program without an SDK started gets one trace with its first step, however many begin at once', async () => {
  receiver = await startTraceReceiver();
  const library = rig.open(tracingTo(receiver.url));
  const { runId } = await library.broadcast({ ...fromLibrary, recipients: invoices(10) });
  expect(await rig.query('SELECT traceparent FROM runs')).toEqual([{ traceparent: null }]);
  await startWorkers(2, tracingTo(receiver.url));
  await finished(rig.siaran, runId);
  await stopWorkers();
  const ours = receiver.spans.filter((span) => span.attributes['siaran.run_id'] === runId);
  expect(new Set(ours.map((span) => span.traceId)).size).toBe(1);
  expect([count(ours, 'siaran run'), count(ours, 'siaran record')]).toEqual([1, 1]);
});

test('a program with an SDK of its own sees its runs within what it was doing', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider.register();
  try {
    const library = rig.open(tracingTo('http://127.0.0.1:9'));
    const { runId, caller } = await trace.getTracer('shop').startActiveSpan('checkout', async (span) => {
      const { id } = await library.startRun(fromLibrary);
      await library.enqueue(id, invoices(10));
      span.end();
      return { runId: id, caller: span.spanContext() };
    });
    const names = exporter.getFinishedSpans().map((span) => [span.name, span.spanContext().traceId]);
    expect(names).toEqual([
      ['siaran run', caller.traceId],
      ['siaran enqueue', caller.traceId],
      ['checkout', caller.traceId],
    ]);
    const [kept] = await rig.query('SELECT traceparent FROM runs WHERE id = $1', [runId]);
    expect(kept?.traceparent).toContain(caller.traceId);
    await expect(library.enqueue(runId, [{ phone_number: 1 }] as never, { source: '' })).rejects.toThrow();
  } finally {
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  }
});
