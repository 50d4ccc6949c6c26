import type { Command } from 'commander';
import { listRejections, type RejectionView } from '../../pipeline/views/list-rejections.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { jsonArray, printAll } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran rejections r7k2m0q9x
  siaran rejections r7k2m0q9x --json`;

export function addRejectionsCommand(program: Command): void {
  program
    .command('rejections')
    .argument('<run>', "the run's id")
    .description('list the rejected rows: their position (the header line not counted) and the reason')
    .option('--json', 'print one JSON array')
    .addHelpText('after', examples)
    .action((runId: string, flags: { json?: true }) =>
      withSiaran(({ ctx }) => {
        const pages = listRejections(ctx, runId);
        return printAll(flags.json ? jsonArray(pages) : describeRejections(pages));
      }),
    );
}

async function* describeRejections(pages: AsyncIterable<RejectionView[]>): AsyncGenerator<string> {
  let none = true;
  for await (const page of pages) {
    if (page.length === 0) continue;
    none = false;
    yield `${page.map(describeRejection).join('\n')}\n`;
  }
  if (none) yield 'No row was rejected.\n';
}

export function describeRejection({ source, position, reason }: RejectionView): string {
  return inOneLine(`${source}, row ${position}: ${reason}`);
}
