import type { Command } from 'commander';
import { parseDatabaseUrl } from '../../config/config.js';
import { migrate } from '../../store/migrate.js';

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
      const say = (line: string) => process.stdout.write(`${line}\n`);
      const result = await migrate(databaseUrl, options.json ? undefined : (name) => say(`Applied ${name}`));
      if (options.json) say(JSON.stringify(result));
      else if (result.applied.length === 0) {
        say(
          `Nothing to do: ${result.already} ${result.already === 1 ? 'migration was' : 'migrations were'} applied before.`,
        );
      }
    });
}
