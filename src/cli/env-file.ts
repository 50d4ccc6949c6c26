import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { UsageError } from '../errors.js';

const option = '--env-file';

/**
 * Takes `--env-file PATH` off the beginning of the arguments, as often as it is there, and puts the variables of each file into the
 * environment. A variable that is set already stays as it is. @throws {UsageError} when a file can't be read.
 */
export function takeEnvFiles(args: readonly string[], env: NodeJS.ProcessEnv = process.env): readonly string[] {
  const [first = '', second] = args;
  const isInOne = first.startsWith(`${option}=`);
  if (first !== option && !isInOne) return args;
  const path = isInOne ? first.slice(option.length + 1) : second;
  if (!path) throw new UsageError(`${option} needs the path of a file, for example: siaran ${option} .env worker`);
  for (const [name, value] of Object.entries(readVariables(path))) env[name] ??= value;
  return takeEnvFiles(args.slice(isInOne ? 1 : 2), env);
}

function readVariables(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(`${option}: the file ${path} can't be read (${code}).`, { cause });
  }
}
