import type { CommandShape, Value } from './shape.js';

/** The script for fish: a line for each command, option and argument, which counts once the words before the cursor name its command. */
export function fishScript(shapes: readonly CommandShape[]): string {
  return `# Completion of siaran for fish: siaran completion fish | source
# Prints the command that the words before the cursor name, and how many arguments stand behind it.
function __siaran_named
    set -l named ''
    set -l place 0
    set -l takes_value no
    for word in (commandline -opc)[2..-1]
        if test $takes_value = yes
            set takes_value no
        else if string match -q -- '-*' $word
            contains -- "$named $word" ${shapes.flatMap(optionsWithValues).map(quoted).join(' ')}
            and set takes_value yes
        else if test $place = 0; and contains -- (string trim -- "$named $word") ${namesOf(shapes)}
            set named (string trim -- "$named $word")
        else
            set place (math $place + 1)
        end
    end
    printf '%s\\n' "$named" $place
end
function __siaran_at
    set -l now (__siaran_named)
    test "$now[1]" = "$argv[1]"; and test (count $argv) = 1 -o "$now[2]" = "$argv[2]"
end
complete -c siaran -f
${shapes.flatMap(linesOf).join('\n')}`;
}

function optionsWithValues({ words, options }: CommandShape): string[] {
  return options.flatMap(({ flags, value }) => (value ? flags.map((flag) => `${words.join(' ')} ${flag}`) : []));
}

function namesOf(shapes: readonly CommandShape[]): string {
  return shapes.flatMap(({ words }) => (words.length > 0 ? [quoted(words.join(' '))] : [])).join(' ');
}

function linesOf({ words, commands, options, arguments: places }: CommandShape): string[] {
  const named = quoted(words.join(' '));
  const at = (condition: string) => `complete -c siaran -n ${quoted(condition)}`;
  return [
    ...commands.map(
      ({ name, description }) => `${at(`__siaran_at ${named} 0`)} -a ${quoted(name)} -d ${quoted(description)}`,
    ),
    ...options.map(({ flags, value, description }) => {
      const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      return [
        at(`__siaran_at ${named}`),
        ...names,
        ...(value ? ['-r', offering(value)] : []),
        `-d ${quoted(description)}`,
      ].join(' ');
    }),
    ...places.flatMap(({ value, isVariadic }, place) =>
      value.kind === 'any' ? [] : [`${at(`__siaran_at ${named}${isVariadic ? '' : ` ${place}`}`)} ${offering(value)}`],
    ),
  ];
}

/** A list is read once more as words of the shell when it is offered. */
function offering(value: Value): string {
  if (value.kind === 'list') return `-f -a ${quoted(value.values.map(quoted).join(' '))}`;
  return value.kind === 'file' ? '-F' : '-f';
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
