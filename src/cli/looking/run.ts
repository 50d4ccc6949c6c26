import type { Command } from 'commander';
import type { Context } from '../../context.js';
import { adminLink, runPath } from '../../pipeline/admin-link.js';
import type { RunApproval, RunView } from '../../pipeline/views/view-run.js';
import { describeRun } from '../terminal/describe-run.js';
import { exitCodes } from '../terminal/failure.js';
import { print, printJson } from '../terminal/output.js';
import { showsProgress, watchToTheEnd } from '../terminal/progress.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran run r7k2m0q9x
  siaran run r7k2m0q9x --watch
  siaran run r7k2m0q9x --json`;

export function addRunCommand(program: Command): void {
  program
    .command('run')
    .argument('<run>', "the run's id")
    .description('show a run: its status, its recipients and batches, and why it is held')
    .option('--watch', 'wait until it is finished; the exit code is 1 unless it ends handed over')
    .option('--json', 'print one JSON document (with --watch: at the end)')
    .addHelpText('after', examples)
    .action((runId: string, flags: { watch?: true; json?: true }) =>
      withSiaran(
        async ({ ctx, siaran }) => {
          const run = flags.watch ? await watchToTheEnd(siaran, runId) : await siaran.run(runId);
          if (flags.watch) setExitCodeOf(run);
          const forecast = await siaran.forecast(runId);
          if (flags.json) await printJson({ ...run, ...(forecast && { forecast }) });
          else await print(`${describeRun(run, forecast)}${nextCommands(run, ctx)}`);
        },
        // On a terminal, log lines would tear the progress bar.
        { logLevel: flags.watch && !showsProgress ? 'warn' : 'error' },
      ),
    );
}

/** Who waits for a run's end wants to know how it ended. */
export function setExitCodeOf(run: RunView): void {
  if (run.outcome !== 'handed_over') process.exitCode = exitCodes.failed;
}

/** What is worth doing now, if anything, below a run. */
export function nextCommands(run: RunView, ctx: Context): string {
  const next: string[] = [];
  if (run.status !== 'finished') next.push(`siaran run ${run.id} --watch`);
  if (run.recipients.rejected > 0) next.push(`siaran rejections ${run.id}`);
  if (run.batches.failed + run.batches.unknown > 0) next.push(`siaran batches ${run.id}`);
  if (run.batches.failed > 0) next.push(`siaran retry ${run.id}`);
  if (run.batches.unknown > 0) next.push(`siaran resolve ${run.id}-…  (look it up at Qiscus first)`);
  const asked = run.status === 'paused' && run.held?.kind === 'approval' ? run.approval : null;
  const link = adminLink(ctx, `/runs/${run.id}`);
  if (asked) next.push(...approvalHint(ctx, run.id, asked));
  else if (link !== null) next.push(link);
  return describeNext(next);
}

/** What somebody else has to do before the run goes out, and where. */
export function approvalHint(ctx: Context, runId: string, { startedBy }: RunApproval): string[] {
  const link = adminLink(ctx, runPath(runId, 'approval'));
  return [`siaran approve ${runId}  (not by ${startedBy ?? 'who started it'})`, ...(link === null ? [] : [link])];
}

export function describeNext(commands: readonly string[]): string {
  return commands.length === 0 ? '' : `\n\nNext:\n${commands.map((command) => `  ${command}`).join('\n')}`;
}
