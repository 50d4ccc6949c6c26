import type { Command } from 'commander';
import { leftOutWords } from '../../domain/resending/left-out-words.js';
import type { LeftOutReason } from '../../domain/resending/resend.js';
import { SiaranError, UsageError } from '../../errors.js';
import type { ResendRequest, Resent } from '../../pipeline/resending/resend.js';
import type { LeftOut } from '../../pipeline/resending/select-recipients.js';
import { readCodes } from '../read-codes.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { interruptible } from '../terminal/interrupt.js';
import { count, note, plural, print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
A new run with the old one's values, template and limits is sent to those whom the old one didn't reach. Nobody is sent to again
whose message was delivered, who stopped marketing messages (131050), or who is in a batch that is unknown. Those whom WhatsApp
held back (131049) are left out unless the code is named; then those of the last 24 hours, and numbers that begin with +1, are
left out still. The same command finds the same run, and sends nothing a second time, unless you say --again.

Examples:
  siaran resend r7k2m0q9x --failed --dry-run
  siaran resend r7k2m0q9x --failed --codes 131026,131053 --name "December invoices, again"
  siaran resend r7k2m0q9x --failed --unanswered-after 48h --template-detail-id 173 --json`;

type Flags = Omit<ResendRequest, 'codes' | 'templateDetailId'> & {
  codes?: number[];
  templateDetailId?: number;
  yes?: true;
  json?: true;
};

export function addResendCommand(program: Command): void {
  program
    .command('resend')
    .argument('<run>', "a run's id")
    .description('send a run again to those whom its messages did not reach')
    .option('--failed', 'those whose message failed')
    .option('--codes <list>', 'with --failed: only with these codes, such as 131026,131053', readCodes('--codes'))
    .option('--unanswered-after <duration>', 'those of whose message nothing was told for so long, such as 48h')
    .option('--name <name>', "the new run's name; default: that of the old one")
    .option('--template-detail-id <id>', 'another template with the same columns', readId)
    .option('--dry-run', 'only count them, by the reason')
    .option('--again', 'send once more although it was sent again for these codes')
    .option('--yes', "don't ask for confirmation on a terminal")
    .option('--json', 'print one JSON document, {runId, recipients, leftOut}')
    .addHelpText('after', examples)
    .action((runId: string, flags: Flags) => interruptible((stop) => runResend(stop, runId, flags)));
}

async function runResend(stop: AbortSignal, runId: string, { yes, json, ...request }: Flags): Promise<void> {
  await withSiaran(async ({ siaran }) => {
    if (!request.dryRun && !yes && canAsk) {
      const counted = await siaran.resend(runId, { ...request, dryRun: true });
      if (!counted.already) note(describeLeftOut(counted.leftOut).join('\n'));
      if (!counted.already && !(await askYesNo(`Send to ${plural(counted.recipients, 'recipient')} again?`, stop)))
        throw new SiaranError('NOT_MEANT', 'nothing was sent, as the answer was not yes.');
    }
    const resent = await siaran.resend(runId, request);
    if (json) return printJson(resent);
    await print([describeResent(resent, request.dryRun === true), ...describeLeftOut(resent.leftOut)].join('\n'));
  });
}

function describeResent({ runId, recipients, already }: Resent, isDryRun: boolean): string {
  const whom = plural(recipients, 'recipient');
  if (already) return `It was sent again before, as run ${runId}, with ${whom}. Say --again to send it once more.`;
  if (isDryRun) return `It would be sent to ${whom} again.`;
  if (runId === null) return 'Nobody is to be sent to again; no run was started.';
  return `Run ${runId} is sent to ${whom} again.`;
}

function describeLeftOut(leftOut: LeftOut): string[] {
  const reasons = Object.entries(leftOut) as [LeftOutReason, number][];
  return reasons.map(([reason, recipients]) => `  left out: ${count(recipients).padStart(9)}  ${leftOutWords[reason]}`);
}

function readId(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new UsageError(`--template-detail-id is ${JSON.stringify(text)}; it is a whole number, such as 172.`);
}
