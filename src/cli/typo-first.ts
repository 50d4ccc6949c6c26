import { Command } from 'commander';

/**
 * A command that names a misspelt option before it says what is missing: who writes `--nmae` is missing `--name` because of it.
 * Commander looks the other way round, and has no setting for it.
 */
export class TypoFirst extends Command {
  override createCommand(name?: string): TypoFirst {
    return new TypoFirst(name);
  }

  override parseOptions(args: string[]): { operands: string[]; unknown: string[] } {
    const parsed = super.parseOptions(args);
    const [first] = parsed.unknown;
    const asksForHelp = parsed.unknown.some((option) => option === '--help' || option === '-h');
    // What a command with subcommands doesn't know may be theirs.
    if (first !== undefined && this.commands.length === 0 && !asksForHelp)
      (this as unknown as { unknownOption(option: string): never }).unknownOption(first);
    return parsed;
  }
}
