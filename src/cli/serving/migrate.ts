import type { Command } from 'commander';
import { parseDatabaseUrl } from '../../config/config.js';
import { migrate } from '../../store/migrations/migrate.js';
import { note, print, printJson } from '../terminal/output.js';

const examples = `
Examples:
  siaran migrate
  siaran migrate --grant-to siaran_worker

With --grant-to, the role that DATABASE_URL names owns the tables, and another one works: it gets exactly what programs need, so
that it can't change the audit log.
It needs only DATABASE_URL. It may be run several times at once. Workers refuse to start before it has run.`;

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description("bring the database's schema up to date")
    .option('--grant-to <role>', 'give this role of Postgres what programs need that work, and take everything else')
    .option('--json', 'print one JSON document, {applied, already}')
    .addHelpText('after', examples)
    .action(async (options: { grantTo?: string; json?: true }) => {
      const databaseUrl = parseDatabaseUrl(process.env);
      const result = await migrate(databaseUrl, {
        onApplied: options.json ? undefined : (name) => void print(`Applied ${name}`),
        onWaiting: note,
        grantTo: options.grantTo,
      });
      if (options.json) return printJson(result);
      if (result.applied.length === 0)
        await print(
          `Nothing to do: ${result.already} ${result.already === 1 ? 'migration was' : 'migrations were'} applied before.`,
        );
      if (options.grantTo !== undefined) await print(`Role ${options.grantTo} has the rights of programs that work.`);
    });
}
