import { type Command, Option } from 'commander';
import { tooManyRejected } from '../../domain/recipients/max-rejected.js';
import type { Separator } from '../../domain/runs/sending.js';
import type { Template } from '../../domain/templates/template.js';
import { farStartWarning } from '../../domain/timing/late-start.js';
import { parseStartAt } from '../../domain/timing/start-at.js';
import { UsageError } from '../../errors.js';
import type { RunView } from '../../pipeline/views/view-run.js';
import { approvalHint, describeNext, nextCommands, setExitCodeOf } from '../looking/run.js';
import { failIfNobody, whyNobody, whyNobodyWouldBe } from '../looking/why-nobody.js';
import {
  addTemplateOptions,
  deliveryFor,
  refuseTemplateFlags,
  type TemplateFlags,
  templateOf,
} from '../templates/template-option.js';
import { describeRun } from '../terminal/describe-run.js';
import { describeDoubts } from '../terminal/describe-survey.js';
import { Interrupted, interruptible, unlessInterrupted } from '../terminal/interrupt.js';
import { bold, count, note, print, printJson, yellow } from '../terminal/output.js';
import { showsProgress, watchToTheEnd } from '../terminal/progress.js';
import { type Opened, withSiaran } from '../with-siaran.js';
import { addColumnOptions, type ColumnFlags, fittingOf } from './column-options.js';
import { addDeliveryOptions, type DeliveryFlags, readDeliveryFlags } from './delivery-options.js';
import { describeDryRun, dryRun } from './dry-run.js';
import { addRowOptions, type RowFlags } from './row-options.js';
import { type Sent, sendRecipients } from './send-recipients.js';
import type { SendRequest } from './send-request.js';
import { TooManyRejected } from './too-many-rejected.js';

type SendFlags = DeliveryFlags &
  TemplateFlags &
  RowFlags &
  ColumnFlags & {
    name: string;
    startAt?: string;
    lateOk?: true;
    dryRun?: true;
    sample?: string;
    separator?: Separator;
    account?: string;
    key?: string;
    again?: true;
    yes?: true;
    seal: boolean;
    flushAfter?: string;
    watch?: true;
    json?: true;
  };

const examples = `
The file needs the columns of the template's sample CSV, phone_number among them. The first line of a CSV names them; in
newline-delimited JSON, the keys of the first object do. Case and the spaces around a name don't matter. Map other names with
--map, or leave them out with --ignore-columns.

Siaran recognizes a file by its content, the template, the start, --map and --ignore-columns. The same command again sends nothing
twice; after a failure half-way it completes the run.

The exit code is 1 if no recipient was accepted: all rows were rejected, or the file has none.

Examples:
  siaran send december.csv --template reminder:id --name "December reminders"
  siaran send december.csv --template-detail-id 172 --name "December invoices" --start-at 2027-12-01T09:00:00+07:00
  siaran send december.csv --template-detail-id 172 --name "December invoices" --start-at "2027-12-01 09:00" --timezone Asia/Jakarta --watch
  export-customers | siaran send - --template-detail-id 172 --name "December invoices" --key invoices-2026-12
  siaran send december.csv --template-detail-id 172 --name "December invoices" --channel-id 534 --daily-limit 10000 \\
    --window 08:00-20:00 --window-days mon-sat --timezone Asia/Jakarta --pace 2000/1h --dry-run --sample first-rows.csv`;

export function addSendCommand(program: Command): void {
  const command = program
    .command('send')
    .argument('<file>', 'recipients as CSV or newline-delimited JSON, in UTF-8, also in gzip; - for standard input')
    .description('send a template broadcast to the recipients of a file')
    .requiredOption('--name <name>', "the broadcast's name")
    .option('--start-at <instant>', 'when Qiscus starts to send, as 2027-12-01T09:00:00+07:00 (default: at once)')
    .option('--late-ok', 'accept a --start-at that passed more than five minutes ago: Qiscus sends at once')
    .option('--timezone <zone>', 'the time zone of --start-at and --window, as Asia/Jakarta')
    .addOption(
      new Option(
        '--separator <character>',
        'separator of the CSV files for Qiscus, and of this file unless its header shows another',
      ).choices([',', ';']),
    )
    .option(
      '--account <name>',
      'the Qiscus account that it goes out through, from SIARAN_ACCOUNTS_FILE (default: default)',
    )
    .option('--key <key>', 'the key of the run: sending again with the same key completes that run and starts no other')
    .option('--again', 'send the file once more, to everybody in it, although it was sent before')
    .option('--yes', 'send without asking for confirmation on a terminal')
    .option('--no-seal', 'leave the run open for more recipients; close it with siaran seal')
    .option(
      '--flush-after <duration>',
      'how long a recipient waits for its batch to fill up, as 30s; then the batch goes out as it is',
    )
    .option('--dry-run', 'show what would be sent and when; nothing is sent or uploaded')
    .option('--sample <file>', 'with --dry-run: write the first recipients to a new CSV file, as Qiscus would get them')
    .option('--watch', 'wait until all is handed over to Qiscus; the exit code is 1 unless it is')
    .option('--json', 'print one JSON document, {runId, accepted, rejected} and with --watch run, at the end')
    .addHelpText('after', examples)
    .action(send);
  addTemplateOptions(command);
  addRowOptions(command);
  addColumnOptions(addDeliveryOptions(command));
}

async function send(path: string, flags: SendFlags): Promise<void> {
  const reading = readRequest(path, flags);
  // Log lines would tear the progress line, which tells the same.
  const logLevel = showsProgress ? 'error' : 'warn';
  await interruptible((stop) =>
    withSiaran(
      async (session) => {
        const request = reading(await templateOf(session, flags));
        if (flags.dryRun) {
          const result = await dryRun(session, request, flags.sample, stop);
          failIfNobody(tooManyRejected(request.maxRejected ?? null, result) ?? whyNobodyWouldBe(result, nameOf(path)));
          return flags.json ? printJson(result) : print(describeDryRun(result, flags.timezone));
        }
        const sent = await sendRecipients(session, request, stop).catch(async (error: unknown) => {
          if (flags.json && error instanceof TooManyRejected) await printJson(nothingOf(error));
          throw error;
        });
        await noteDoubts(session, sent);
        const nobody = await whyNobody(session, sent, nameOf(path));
        failIfNobody(nobody);
        const run = flags.watch ? await watch(session, sent.runId, stop) : undefined;
        if (run) setExitCodeOf(run);
        if (flags.json) await printJson({ ...sent, ...(run && { run }) });
        else await print(await describeSent(session, sent, run, flags, nobody !== undefined));
      },
      { logLevel },
    ),
  );
}

/** What nobody was taken of. */
function nothingOf({ runId, rejected }: TooManyRejected): { runId: string | null; accepted: 0; rejected: number } {
  return { runId, accepted: 0, rejected };
}

/** What looks like a mistake was sent all the same: it has to be seen. */
async function noteDoubts({ siaran }: Opened, { runId, accepted }: Sent): Promise<void> {
  if (accepted === 0) return;
  const { doubtful } = await siaran.run(runId);
  for (const line of describeDoubts(doubtful)) note(yellow(`Doubtful: ${line}`));
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** Refuses flags that are wrong before anything is opened. What it returns takes the template that they name. */
function readRequest(path: string, flags: SendFlags): (template: Template | undefined) => SendRequest {
  const { name, separator, account, key, again, yes, seal, flushAfter } = flags;
  const { values, maxRejected, retryAfterFailure } = flags;
  refuseTemplateFlags(flags);
  if (flags.template === undefined) readDeliveryFlags(flags);
  if (again && key !== undefined)
    throw new UsageError('--again makes a new key, and --key gives one: use one of them.');
  if (again && path === '-')
    throw new UsageError('--again is for files; standard input without --key always starts a new run.');
  if (flags.watch && !seal) throw new UsageError('--watch waits for the end of a run, which --no-seal leaves open.');
  if (flags.sample !== undefined && !flags.dryRun) throw new UsageError('--sample is for --dry-run, which is missing.');
  const startAt = readStartAt(flags);
  if (startAt) warnOfFarStart(startAt, flags);
  return (template) => ({
    path,
    name,
    templateDetailId: template?.templateDetailId ?? flags.templateDetailId ?? 0,
    ...(template && { template }),
    seal,
    delivery: deliveryFor(template, flags),
    fitting: fittingOf(flags),
    ...(startAt && { startAt }),
    ...(flags.lateOk && { lateOk: true }),
    ...(separator && { separator }),
    ...(account !== undefined && { account }),
    ...(key !== undefined && { key }),
    ...(again && { again }),
    ...(yes && { yes }),
    ...(flushAfter !== undefined && { flushAfter }),
    ...(values !== undefined && { values }),
    ...(maxRejected !== undefined && { maxRejected }),
    ...(retryAfterFailure && { retryAfterFailure }),
  });
}

function readStartAt({ startAt, timezone, window }: SendFlags): Date | undefined {
  if (startAt === undefined) {
    if (timezone !== undefined && window === undefined)
      throw new UsageError('--timezone is for --start-at or --window, which are missing.');
    return undefined;
  }
  const reading = parseStartAt(startAt, timezone);
  if (reading.ok) return reading.at;
  throw new UsageError(`--start-at: ${reading.reason}.`);
}

function warnOfFarStart(startAt: Date, { timezone }: SendFlags): void {
  const warning = farStartWarning(startAt, new Date(), timezone);
  if (warning !== undefined) note(`Warning: ${warning}`);
}

function watch({ siaran }: Opened, runId: string, stop: AbortSignal): Promise<RunView> {
  return watchToTheEnd(siaran, runId, (watching) => unlessInterrupted(stop, watching)).catch((error: unknown) => {
    if (!(error instanceof Interrupted)) throw error;
    throw new Interrupted(error.signal, `Watching was interrupted; run ${runId} goes on: siaran run ${runId} --watch`);
  });
}

async function describeSent(
  { ctx, siaran }: Opened,
  sent: Sent,
  run: RunView | undefined,
  flags: SendFlags,
  isNobody: boolean,
): Promise<string> {
  const { runId, accepted, rejected, already } = sent;
  const done = already
    ? `Run ${bold(runId)} ${isNobody ? 'is complete' : 'was sent before'}; nothing was done.`
    : `Run ${bold(runId)}: ${count(accepted)} accepted, ${count(rejected)} rejected.`;
  const hint =
    already && !isNobody && flags.key === undefined ? ' To send the file once more, to everybody in it: --again' : '';
  if (run) return `${done}${hint}\n\n${describeRun(run)}${nextCommands(run, ctx)}`;
  const { approval } = await siaran.run(runId);
  const next = [
    ...(flags.seal ? [] : [`siaran seal ${runId}`]),
    `siaran run ${runId} --watch`,
    ...(rejected > 0 ? [`siaran rejections ${runId}`] : []),
    ...(approval && accepted > approval.above ? approvalHint(ctx, runId, approval) : []),
  ];
  return `${done}${hint}${describeNext(next)}`;
}
