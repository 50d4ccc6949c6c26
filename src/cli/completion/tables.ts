import type { CommandShape, Value } from './shape.js';

/** Stands for the path of a file where values are listed. */
export const anyFile = '<file>';

/**
 * What bash and zsh both read: functions that print the commands, options and values of a command, which is named by its words. A
 * line is a name and, behind a colon, its description. `_siaran_values` fails where nothing is to stand.
 */
export function tables(shapes: readonly CommandShape[]): string {
  return [
    table('_siaran_commands', shapes, ({ commands }) => commands.map((one) => `${one.name}:${one.description}`)),
    table('_siaran_options', shapes, ({ options }) =>
      options.flatMap(({ flags, description }) => flags.map((flag) => `${flag}:${description}`)),
    ),
    `_siaran_values() {\n  case "$1" in\n${shapes.flatMap(valuesOf).join('\n')}\n  *) return 1 ;;\n  esac\n}`,
  ].join('\n');
}

function table(name: string, shapes: readonly CommandShape[], linesOf: (shape: CommandShape) => string[]): string {
  const cases = shapes.flatMap((shape) => {
    const lines = linesOf(shape);
    return lines.length === 0 ? [] : [printing(shape.words.join(' '), lines)];
  });
  return `${name}() {\n  case "$1" in\n${cases.join('\n')}\n  esac\n}`;
}

/** Of options by their flag, of arguments by their place, which is `*` for all that come. */
function valuesOf({ words, options, arguments: places }: CommandShape): string[] {
  const named = words.join(' ');
  const ofOptions = options.flatMap(({ flags, value }) =>
    value ? flags.map((flag) => printing(`${named} ${flag}`, linesOf(value))) : [],
  );
  const ofPlaces = places.map(({ value, isVariadic }, place) =>
    printing(`${named} ${isVariadic ? '*' : place}`, linesOf(value)),
  );
  return [...ofOptions, ...ofPlaces];
}

function linesOf(value: Value): readonly string[] {
  if (value.kind === 'list') return value.values;
  return value.kind === 'file' ? [anyFile] : [];
}

function printing(key: string, lines: readonly string[]): string {
  const printed = lines.length === 0 ? ':' : `printf '%s\\n' ${lines.map(quoted).join(' ')}`;
  return `  ${quoted(key)}) ${printed} ;;`;
}

/** Nothing in it means anything to the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
