import type { Command } from 'commander';
import { parseDatabaseUrl } from '../../config/config.js';
import { migrate } from '../../store/migrations/migrate.js';
import { note, print, printJson } from '../terminal/output.js';

const examples = `
Examples:
  siaran migrate

It needs only DATABASE_URL. It may be run several times at once. Workers refuse to start before it has run.`;

export function addMigrateCommand(program: Command): void {
  program
    .command('migrate')
    .description("bring the database's schema up to date")
    .option('--json', 'print one JSON document, {applied, already}')
    .addHelpText('after', examples)
    .action(async (options: { json?: true }) => {
      const databaseUrl = parseDatabaseUrl(process.env);
      const result = await migrate(databaseUrl, {
        onApplied: options.json ? undefined : (name) => void print(`Applied ${name}`),
        onWaiting: note,
      });
      if (options.json) await printJson(result);
      else if (result.applied.length === 0) {
        await print(
          `Nothing to do: ${result.already} ${result.already === 1 ? 'migration was' : 'migrations were'} applied before.`,
        );
      }
    });
}
