import { type Command, Option } from 'commander';
import { type RunFilter, runKinds, runStates } from '../../store/views/run-list.js';
import { readSince, readUntil } from '../read-instant.js';

/** Lets a command say which runs it is about. @param account what the option for an account says. */
export function addRunFilter(command: Command, account = 'of this account'): Command {
  return command
    .addOption(
      new Option('--state <state>', 'how they stand; unknown, refused: they have such batches').choices(runStates),
    )
    .option('--name <text>', 'with this in their name')
    .option('--account <name>', account)
    .option('--campaign <name>', 'that this campaign started')
    .addOption(new Option('--kind <kind>', 'broadcasts, or single messages that programs sent').choices(runKinds))
    .option('--since <instant>', "begun from then on; a date is that day by this machine's clock", readSince)
    .option('--until <instant>', 'begun before then; a date includes that whole day', readUntil);
}

/** The filter among the options of a command. */
export function runFilterOf({ state, name, account, campaign, kind, since, until }: RunFilter): RunFilter {
  return { state, name, account, campaign, kind, since, until };
}
