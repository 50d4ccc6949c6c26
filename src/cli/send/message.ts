import type { Command } from 'commander';
import { buttonParamsExample, readButtonParams } from '../../domain/columns/button-params.js';
import type { ValuePolicy } from '../../domain/recipients/value.js';
import { UsageError } from '../../errors.js';
import { audited } from '../../pipeline/audited.js';
import type { MessageRequest, MessageView } from '../../pipeline/intake/send-message.js';
import { describeNext } from '../looking/run.js';
import { addTemplateOptions, refuseTemplateFlags, type TemplateFlags } from '../templates/template-option.js';
import { exitCodes } from '../terminal/failure.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { bold, green, print, printJson, red, yellow } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { defined, flagOf, wholeNumber } from './delivery-options.js';
import { valuesOption } from './row-options.js';

const examples = `
The message is a run of its own, of one recipient. Workers send it, ahead of everything else; this command waits a while for
that. A message with a key is sent once, however often the command is repeated.

Exit code 1 if it failed, if its number is suppressed, or if nobody knows whether it was sent.

Examples:
  siaran message 6281234567890 --template reminder:id --variables "Ada,Rp. 30.000" --key reminder-INV-7
  siaran message 6281234567890 --template-detail-id 172 --channel-id 534 --template-name reminder --namespace 6616bb93_d895 \\
    --language id --variables "Ada,Rp. 30.000" --key reminder-INV-7
  siaran message 081234567890 … --button-params '${buttonParamsExample}' --json`;

type Flags = TemplateFlags & {
  channelId?: number;
  templateName?: string;
  namespace?: string;
  language?: string;
  variables?: string[];
  buttonParams?: string;
  account?: string;
  key?: string;
  name?: string;
  startAt?: string;
  lateOk?: true;
  timezone?: string;
  values?: ValuePolicy;
  wait?: string;
  json?: true;
};

const notSent: readonly string[] = ['failed', 'unknown', 'cancelled'];

export function addMessageCommand(program: Command): void {
  const command = program
    .command('message')
    .argument('<number>', 'the recipient, as 6281234567890')
    .description('send one message, ahead of all broadcasts')
    .option('--channel-id <id>', "the WhatsApp channel's id at Qiscus", wholeNumber('--channel-id'))
    .option('--template-name <name>', "with --template-detail-id: the template's name at Qiscus, as invoice_update")
    .option('--namespace <namespace>', "with --template-detail-id: the template's namespace at Qiscus")
    .option('--language <code>', "with --template-detail-id: the template's language at Qiscus, as id")
    .option(
      '--variables <values>',
      "of the template's body, in order, separated by commas; or a JSON array",
      readVariables,
    )
    .option('--button-params <json>', `the parameters of the template's buttons, as ${buttonParamsExample}`)
    .option('--account <name>', 'the Qiscus account that sends it (default: default)')
    .option('--key <key>', 'the key of the message: sending again with the same key sends nothing')
    .option('--name <name>', "the broadcast's name at Qiscus (default: the template's)")
    .option('--start-at <instant>', 'when Qiscus sends it, as 2027-12-01T09:00:00+07:00 (default: at once)')
    .option('--late-ok', 'accept a --start-at that passed more than five minutes ago: Qiscus sends at once')
    .option('--timezone <zone>', 'the time zone of --start-at, as Asia/Jakarta')
    .addOption(valuesOption())
    .option(
      '--wait <duration>',
      'how long to wait for a worker to send it, as 30s (default: 10s); it is sent however long that takes',
    )
    .option('--json', 'print one JSON document, {runId, batchId, status, broadcastJobId, broadcastLogId, error}')
    .addHelpText('after', examples)
    .action((phoneNumber: string, flags: Flags) => {
      const request = readRequest(phoneNumber, flags);
      return withSiaran(async ({ ctx, siaran }) => {
        const act = { action: 'message', numbers: [phoneNumber], isPatient: true } as const;
        const message = await audited(ctx, act, () => siaran.sendMessage(request));
        if (notSent.includes(message.status)) process.exitCode = exitCodes.failed;
        if (flags.json) await printJson(message);
        else await print(describeMessage(message));
      });
    });
  addTemplateOptions(command);
}

function readRequest(phoneNumber: string, { json: _, buttonParams, timezone, ...flags }: Flags): MessageRequest {
  const params = buttonParams === undefined ? undefined : readButtonParams(buttonParams);
  if (buttonParams !== undefined && !params)
    throw new UsageError(`--button-params must be a JSON array such as ${buttonParamsExample}.`);
  refuseTemplateFlags(flags);
  if (flags.template === undefined) refuseMissing(flags);
  return { phoneNumber, ...defined({ ...flags, buttonParams: params, timeZone: timezone }) };
}

/** What an id alone doesn't tell. */
function refuseMissing(flags: Flags): void {
  const needed = ['channelId', 'templateName', 'namespace', 'language'] as const;
  const missing = needed.filter((name) => flags[name] === undefined).map(flagOf);
  if (missing.length === 0) return;
  throw new UsageError(
    `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing; with --template no such option is needed.`,
  );
}

/** A variable that has a comma in it is written in a JSON array. */
export function readVariables(text: string): string[] {
  if (!text.startsWith('[')) return text.split(',');
  try {
    const values: unknown = JSON.parse(text);
    if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values;
  } catch {
    // Said below, with what would be right.
  }
  throw new UsageError('--variables must be values separated by commas, or a JSON array of texts.');
}

function describeMessage(told: MessageView): string {
  const { runId, batchId, status, broadcastJobId, broadcastLogId, error } = inOneLine(told);
  const ids = `broadcast job ${broadcastJobId}, log ${broadcastLogId ?? 'not told'}`;
  if (status === 'scheduled') return `Message ${bold(batchId)} ${green('was handed over')}: ${ids}.`;
  if (status === 'failed')
    return `Message ${bold(batchId)} ${red('failed')}: ${error}${describeNext([`siaran retry ${runId}`])}`;
  if (status === 'unknown')
    return `Nobody knows whether message ${bold(batchId)} was sent: ${error}${describeNext([`siaran resolve ${batchId} --sent JOB_ID | --not-sent`])}`;
  if (status === 'cancelled')
    return `Message ${bold(batchId)} is ${yellow('cancelled')}: ${error ?? 'by an operator'}.`;
  const note = 'It goes out as soon as a worker has it, or its account is no longer held.';
  return `Message ${bold(batchId)} is ${yellow(status)}. ${note}${describeNext([`siaran run ${runId} --watch`])}`;
}
