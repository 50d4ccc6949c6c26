import type { Argument, Command, Option } from 'commander';

/** What may stand in a place: one of a list, the path of a file, or anything that a shell can't know. */
export type Value = { kind: 'list'; values: readonly string[] } | { kind: 'file' } | { kind: 'any' };

type OptionShape = Readonly<{ flags: readonly string[]; description: string; value: Value | undefined }>;

/** A command as a shell has to know it. `words` are those that name it; none is the program itself. */
export type CommandShape = Readonly<{
  words: readonly string[];
  commands: readonly Readonly<{ name: string; description: string }>[];
  options: readonly OptionShape[];
  arguments: readonly Readonly<{ value: Value; isVariadic: boolean }>[];
}>;

/** The program and every command of it, as `--help` tells of them. */
export function shapesOf(command: Command, words: readonly string[] = []): CommandShape[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const shape = {
    words,
    commands: commands.map((one) => ({ name: one.name(), description: help.subcommandDescription(one) })),
    options: help.visibleOptions(command).map(optionShape),
    arguments: command.registeredArguments.map((one) => ({ value: placeValue(one), isVariadic: one.variadic })),
  };
  // The help takes the names of the commands beside it.
  const beside = commands.map((one) => one.name()).filter((name) => name !== 'help');
  return [
    shape,
    ...commands.flatMap((one) =>
      one.name() === 'help' ? [helpShape([...words, 'help'], beside)] : shapesOf(one, [...words, one.name()]),
    ),
  ];
}

function helpShape(words: readonly string[], values: readonly string[]): CommandShape {
  return { words, commands: [], options: [], arguments: [{ value: { kind: 'list', values }, isVariadic: false }] };
}

function optionShape(option: Option): OptionShape {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const takesOne = option.required || option.optional;
  return { flags, description: option.description, value: takesOne ? placeValue(option) : undefined };
}

function placeValue(place: Option | Argument): Value {
  if (place.argChoices) return { kind: 'list', values: place.argChoices };
  const name = 'flags' in place ? place.flags : place.name();
  return { kind: /\b(file|path|sample)\b>?$/.test(name) ? 'file' : 'any' };
}
