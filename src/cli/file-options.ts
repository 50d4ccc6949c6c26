import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { UsageError } from '../errors.js';

const envFile = '--env-file';
const config = '--config';

/**
 * Takes `--env-file PATH` and `--config PATH` off the beginning of the arguments. The variables of each file of `--env-file` go into
 * the environment, where one that is set already stays as it is; the path of `--config` goes there too, whatever was set.
 * @throws {UsageError} when a file of variables can't be read, or a path is missing.
 */
export function takeFileOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  configPath?: string,
): readonly string[] {
  const [first = '', second] = args;
  const option = [envFile, config].find((name) => first === name || first.startsWith(`${name}=`));
  if (option === undefined) {
    if (configPath !== undefined) env.SIARAN_CONFIG_FILE = configPath;
    return args;
  }
  const isInOne = first !== option;
  const path = isInOne ? first.slice(option.length + 1) : second;
  if (!path) throw new UsageError(`${option} needs the path of a file, for example: siaran ${examples[option]} worker`);
  const rest = args.slice(isInOne ? 1 : 2);
  if (option === config) {
    if (configPath !== undefined) throw new UsageError(`${config} can be there once.`);
    return takeFileOptions(rest, env, path);
  }
  for (const [name, value] of Object.entries(readVariables(path))) env[name] ??= value;
  return takeFileOptions(rest, env, configPath);
}

const examples: Record<string, string> = { [envFile]: `${envFile} .env`, [config]: `${config} siaran.yaml` };

function readVariables(path: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(path, 'utf8'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new UsageError(`${envFile}: the file ${path} can't be read (${code}).`, { cause });
  }
}
