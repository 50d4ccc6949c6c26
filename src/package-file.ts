import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SiaranError } from './errors.js';

/**
 * The path of a file or folder that is part of this package, such as `prisma/migrations`. It is looked for from this code
 * upward, which runs from `src`, from `dist/src` and from `dist/program`.
 * @throws {SiaranError} INSTALLATION when it is missing.
 */
export function packageFile(...path: string[]): string {
  const file = join(packageFolder(dirname(fileURLToPath(import.meta.url))), ...path);
  if (existsSync(file)) return file;
  throw new SiaranError('INSTALLATION', `${path.join('/')} is missing from this installation of Siaran.`);
}

/** The version in `package.json`. */
export function packageVersion(): string {
  return read(packageFile('package.json')).version;
}

/** Another package may have this code in its own bundle: its `prisma` folder isn't ours. */
function packageFolder(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file) && read(file).name === 'siaran') return folder;
  return dirname(folder) === folder ? folder : packageFolder(dirname(folder));
}

function read(file: string): { name?: string; version: string } {
  return JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version: string };
}
