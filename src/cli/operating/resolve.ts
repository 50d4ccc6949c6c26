import type { Command } from 'commander';
import { describeEvidence } from '../../domain/statuses/evidence.js';
import { NotFoundError, SiaranError, UsageError } from '../../errors.js';
import type { Resolution } from '../../store/resolutions.js';
import { findBatch } from '../../store/views/batch-views.js';
import { askText, canAsk } from '../terminal/ask.js';
import { interruptible } from '../terminal/interrupt.js';
import { count, note, print, printJson } from '../terminal/output.js';
import { type Opened, withSiaran } from '../with-siaran.js';

const examples = `
Look for the broadcast at Qiscus first: its name begins with the batch's id and the attempt, such as [r7k2m0q9x-0042.1].
siaran batches RUN shows what callbacks tell. If they tell that the batch was sent, --not-sent is refused.

Examples:
  siaran resolve r7k2m0q9x-0042 --sent 14529081
  siaran resolve r7k2m0q9x-0042 --not-sent --reason "not in the list of broadcasts"
  siaran resolve r7k2m0q9x-0042 --sent 14529081 --correct      the earlier resolution was wrong`;

type Flags = {
  sent?: string;
  notSent?: true;
  force?: true;
  despiteEvidence?: true;
  correct?: true;
  reason?: string;
  by?: string;
  json?: true;
};

export function addResolveCommand(program: Command): void {
  program
    .command('resolve')
    .argument('<batch>', "an unknown batch's id")
    .description('settle an unknown batch: say whether you found it at Qiscus')
    .option('--sent <job-id>', 'it was sent, as this broadcast job')
    .option('--not-sent', 'it was certainly not sent: it goes out again')
    .option('--force', 'with --not-sent: even though Qiscus may still be working on the request')
    .option(
      '--despite-evidence',
      "with --not-sent: even though callbacks tell that it was sent; asks you to type the batch's size",
    )
    .option('--correct', 'replace an earlier resolution that was wrong, if nothing was sent since')
    .option('--reason <text>', 'why; kept with the batch')
    .option('--by <name>', 'who found it out; default: SIARAN_ACTOR, or your user name')
    .option('--json', 'print one JSON document, {batchId, status}')
    .addHelpText('after', examples)
    .action((batchId: string, flags: Flags) => interruptible((stop) => runResolve(batchId, flags, stop)));
}

async function runResolve(batchId: string, flags: Flags, stop: AbortSignal): Promise<void> {
  const found = readResolution(flags);
  await withSiaran(async (opened) => {
    const { reason, by = opened.ctx.config.actor } = flags;
    const despite = flags.despiteEvidence ? await askForSize(opened, batchId, stop) : {};
    const resolution: Resolution = { ...found, ...despite, correct: flags.correct === true };
    const resolved = await opened.siaran.resolve(batchId, resolution, { by, ...(reason !== undefined && { reason }) });
    if (flags.json) await printJson(resolved);
    else await print(`Batch ${batchId} is ${resolved.status} now.`);
  });
}

/** The batch's size, typed by an operator who has read what callbacks tell, and how many reports that were. */
async function askForSize(
  { ctx }: Opened,
  batchId: string,
  stop: AbortSignal,
): Promise<{ despiteEvidence: number; seen: number }> {
  const batch = await findBatch(ctx.db, batchId);
  if (!batch) throw new NotFoundError('batch', batchId);
  const { recipients, evidence } = batch;
  note(`Of batch ${batchId}, ${evidence ? describeEvidence(evidence) : 'nothing was reported'}.`);
  note(`If it was sent, all of its ${count(recipients)} recipients are messaged a second time.`);
  const typed = await askText(`Type its size (${recipients}) to send it again anyway:`, stop);
  if (typed === String(recipients)) return { despiteEvidence: recipients, seen: evidence?.reported ?? 0 };
  throw new SiaranError('NOT_MEANT', 'nothing was changed, as the size was not typed.');
}

function readResolution(flags: Flags): Resolution {
  const oneOf = (flags.sent === undefined) !== (flags.notSent === undefined);
  if (!oneOf) throw new UsageError('Say either --sent JOB_ID or --not-sent.');
  if (flags.despiteEvidence && flags.sent !== undefined)
    throw new UsageError('--despite-evidence goes with --not-sent only.');
  if (flags.despiteEvidence && !canAsk)
    throw new UsageError("--despite-evidence asks for the batch's size, so it needs a terminal.");
  if (flags.sent === undefined) return { notSent: true, force: flags.force === true };
  if (flags.force) throw new UsageError('--force goes with --not-sent only.');
  if (!/^[1-9]\d{0,15}$/.test(flags.sent))
    throw new UsageError(
      `--sent is ${JSON.stringify(flags.sent)}; it takes the id of a broadcast job, such as 14529081.`,
    );
  return { sent: Number(flags.sent) };
}
