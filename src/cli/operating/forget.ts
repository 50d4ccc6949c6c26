import type { Command } from 'commander';
import { describeForgotten } from '../../domain/desk/forgotten-words.js';
import { maskPhoneNumber } from '../../domain/numbers/mask-number.js';
import { SiaranError } from '../../errors.js';
import { askYesNo, canAsk } from '../terminal/ask.js';
import { interruptible } from '../terminal/interrupt.js';
import { plural, print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
The number, values and names of the person go from every run, for good. Counts, ids and statuses stay. Instead of the number a
digest stands there: a run knows by it that it has messaged the person, and no run messages the person again. If a batch with
the number is being sent, run the same command again in a minute. So do if it was stopped: it goes on where it was.

Lists that were uploaded into a draft and have the number in them are thrown away; the ids of those drafts are told. Rows with
the number that no worker has cut yet are dropped by the worker that cuts them: their runs are told (waitingRuns). Run the
same command once more then: until that, the forgetting isn't finished.

siaran recipient NUMBER tells later whether, when and by whom a number was forgotten. What Qiscus keeps has to be removed there.

Examples:
  siaran forget 6281234567890
  siaran forget 6281234567890 --by "privacy desk" --json`;

type Flags = { by?: string; yes?: true; json?: true };

export function addForgetCommand(program: Command): void {
  program
    .command('forget')
    .argument('<number>', 'a phone number')
    .description('forget a person: remove the number, values and names from every run, for good')
    .option('--by <name>', 'who asks for it; default: SIARAN_ACTOR, or your user name')
    .option('--yes', "don't ask for confirmation on a terminal")
    .option('--json', 'print one JSON document, {runs, messages, emptiedDrafts}, and waitingRuns if there are any')
    .addHelpText('after', examples)
    .action((number: string, flags: Flags) => interruptible((stop) => runForget(stop, number, flags)));
}

async function runForget(stop: AbortSignal, number: string, { by, yes, json }: Flags): Promise<void> {
  await withSiaran(async ({ siaran }) => {
    if (!yes && canAsk) {
      const { phoneNumber, runs } = await siaran.recipient(number);
      const who = `${maskPhoneNumber(phoneNumber)}, who is in ${plural(runs.length, 'run')}`;
      const isMeant = await askYesNo(`Forget ${who}, for good?`, stop);
      if (!isMeant) throw new SiaranError('NOT_MEANT', 'nothing was changed, as the answer was not yes.');
    }
    const forgotten = await siaran.forget(number, { ...(by !== undefined && { by }) });
    if (json) return printJson(forgotten);
    await print(
      [`Forgotten: ${describeForgotten(forgotten)}`, ...forgotten.emptiedDrafts.map(({ id }) => id)].join('\n'),
    );
  });
}
