import type { Command } from 'commander';
import { describeAttention } from '../../domain/desk/attention-words.js';
import { adminLink } from '../../pipeline/admin-link.js';
import type { Attention } from '../../pipeline/views/attention.js';
import { exitCodes } from '../terminal/failure.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { bold, plural, print, printJson, red } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
The exit code is 1 if anything waits for a person, and 0 if nothing does.

Examples:
  siaran status
  siaran status --json`;

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('tell what waits for a person, each with the command that settles it')
    .option(
      '--json',
      'print one JSON document, {attention: [{kind, runId, batchId, campaign, draftId, account, name, recipients, reason, action}]}',
    )
    .addHelpText('after', examples)
    .action((flags: { json?: true }) =>
      withSiaran(async ({ ctx, siaran }) => {
        const status = await siaran.status();
        if (status.attention.length > 0) process.exitCode = exitCodes.failed;
        if (flags.json) return printJson(status);
        if (status.attention.length === 0) return print('Nothing needs you.');
        await print(
          `${bold(plural(status.attention.length, 'thing'))} ${status.attention.length === 1 ? 'needs' : 'need'} you:\n`,
        );
        for (const each of status.attention) await print(describe(inOneLine(each)));
        const link = adminLink(ctx, '/');
        if (link !== null) await print(`\nOn the dashboard: ${link}`);
      }),
    );
}

function describe(attention: Attention): string {
  const { reason, action } = attention;
  const why = reason === null ? '' : `: ${reason}`;
  return `${red(attention.kind.replaceAll('_', ' ').padEnd(13))} ${describeAttention(attention)}${why}\n${' '.repeat(14)}${action}`;
}
