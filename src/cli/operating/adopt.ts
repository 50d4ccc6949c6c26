import type { Command } from 'commander';
import { showInstant } from '../../domain/timing/show-instant.js';
import { SiaranError, UsageError } from '../../errors.js';
import { audited } from '../../pipeline/audited.js';
import {
  type Adoption,
  adoptIdentity,
  adoptPrefix,
  type Belonging,
  belongingOf,
} from '../../pipeline/operating/adopt.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { Interrupted, interruptible } from '../terminal/interrupt.js';
import { note, plural, print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
Examples:
  siaran adopt                       in a copy, such as for staging: it becomes a database of its own
  siaran adopt --yes --json          the same, in a script that makes the copy
  siaran adopt --prefix              this database takes the prefix from one that is no longer used

A prefix in Redis (SIARAN_PREFIX) belongs to one database: the first that uses it. A copy of a database has the identity of the
original, and needs a new one. A restored database has it too, and keeps it. Both forms are refused while workers use the prefix.`;

type Flags = { prefix?: true; yes?: true; json?: true };

export function addAdoptCommand(program: Command): void {
  program
    .command('adopt')
    .description('give a copied database its own identity; or, with --prefix, give this database the prefix in Redis')
    .option('--prefix', 'take the prefix in Redis from the database that has it; this one keeps its identity')
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print one JSON document, {databaseId, prefix, ownsPrefix, setAside}')
    .addHelpText('after', examples)
    .action((flags: Flags) => interruptible((stop) => adopt(stop, flags)));
}

async function adopt(stop: AbortSignal, flags: Flags): Promise<void> {
  if (!flags.yes && !canAsk) throw new UsageError('There is no terminal to ask for confirmation: add --yes.');
  await withSiaran(
    async ({ ctx }) => {
      if (!flags.yes) await confirm(await belongingOf(ctx), flags, stop);
      const adoption = await audited(ctx, { action: 'adopt', detail: { prefix: flags.prefix ?? false } }, () =>
        flags.prefix ? adoptPrefix(ctx) : adoptIdentity(ctx),
      );
      if (flags.json) await printJson(adoption);
      else await print(describe(adoption, flags));
    },
    { anyPrefix: true },
  );
}

/** @throws {SiaranError} when the answer isn't yes. */
async function confirm(belonging: Belonging, { prefix }: Flags, stop: AbortSignal): Promise<void> {
  note(prefix ? explainPrefix(belonging) : explainIdentity(belonging));
  const question = prefix ? 'Take the prefix?' : 'Give this database a new identity?';
  const isMeant = await askYesNo(question, stop).catch((error: unknown) => {
    throw error instanceof Interrupted ? new Interrupted(error.signal, '\nInterrupted; nothing was changed.') : error;
  });
  if (!isMeant) throw new SiaranError('NOT_MEANT', 'nothing was changed, as the answer was not yes.');
}

function explainIdentity(belonging: Belonging): string {
  return `${describeBelonging(belonging)}

A copy that is used beside the original, such as for staging, needs a new identity. Do not give one to the original: all its
programs would be refused. Rows that wait in Redis for this database, and are not cut into batches yet, will no longer be read.`;
}

function explainPrefix(belonging: Belonging): string {
  return `${describeBelonging(belonging)}

Take the prefix only if the other database is no longer used: all its programs will be refused. What it has in Redis and this
database doesn't know is set aside: rows that wait, and Redis's memory of what was sent.`;
}

function describeBelonging({ database, prefix, owner, isOurs, workers }: Belonging): string {
  const whose = isOurs ? 'this database' : owner ? `${owner.name}, since ${showInstant(owner.since)}` : 'nobody yet';
  return [
    `database  ${database.name}, identity ${database.id}`,
    `prefix    ${JSON.stringify(prefix)} in Redis, which belongs to ${whose}`,
    `workers   ${workers.length === 0 ? 'none at work' : workers.join(', ')}`,
  ].join('\n');
}

function describe({ databaseId, prefix, ownsPrefix, setAside }: Adoption, flags: Flags): string {
  const name = JSON.stringify(prefix);
  if (!flags.prefix) {
    const whose = ownsPrefix
      ? `The prefix ${name} in Redis is this database's.`
      : `The prefix ${name} in Redis is another database's: set SIARAN_PREFIX to a name of its own, or REDIS_URL to another Redis.`;
    return `This database has the identity ${databaseId} now. ${whose}`;
  }
  const { sends, runs } = setAside;
  const aside = `Set aside: ${plural(sends, 'send')} and the waiting rows of ${plural(runs.length, 'run')} of the other database.`;
  return `The prefix ${name} in Redis is this database's now. ${sends + runs.length > 0 ? aside : ''}`.trim();
}
