import { type Command, Option } from 'commander';
import { auditActions } from '../../domain/audit/audit-actions.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { UsageError } from '../../errors.js';
import { type AuditQuery, type AuditView, auditCsv, viewAudit } from '../../pipeline/views/view-audit.js';
import { countUpTo } from '../read-count.js';
import { readSince, readUntil } from '../read-instant.js';
import { inOneLine } from '../terminal/in-one-line.js';
import { print, printAll, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Changes by the command line and the library have the name of SIARAN_ACTOR (default: the user who runs the program), those by the
admin the name of the person or token. Entries can't be changed, and go after SIARAN_AUDIT_RETENTION.

Examples:
  siaran audit
  siaran audit --target r7k2m0q9x --action resolve
  siaran audit --number 6281234567890 --json
  siaran audit --since 2026-12-01T00:00:00Z --csv > audit.csv`;

type Flags = AuditQuery & { limit: number; csv?: true; json?: true };

export function addAuditCommand(program: Command): void {
  program
    .command('audit')
    .description('show who did what, newest first')
    .option('--actor <name>', 'what this person or program did')
    .addOption(new Option('--action <name>', 'what was done').choices(auditActions))
    .option('--target <id>', 'to which run, batch or campaign')
    .option('--number <number>', 'what was about this phone number')
    .option('--since <instant>', "from then on; a date is that day by this machine's clock", readSince)
    .option('--until <instant>', 'before then; a date includes that whole day', readUntil)
    .option('--limit <n>', 'at most so many, up to 1000; --csv writes all', countUpTo('--limit', 1_000), 50)
    .option('--csv', 'write all of it as CSV')
    .option('--json', 'print one JSON array')
    .addHelpText('after', examples)
    .action(({ limit, csv, json, ...query }: Flags) =>
      withSiaran(async ({ ctx }) => {
        if (csv && json) throw new UsageError('Give --csv or --json, not both.');
        if (csv) return printAll(auditCsv(ctx, query));
        const entries = await viewAudit(ctx, query, limit);
        if (json) return printJson(entries);
        await print(entries.length === 0 ? 'Nothing like that was done.' : entries.map(describeEntry).join('\n'));
      }),
    );
}

function describeEntry({ at, text }: AuditView): string {
  return `${showInstant(at)}  ${inOneLine(text)}`;
}
