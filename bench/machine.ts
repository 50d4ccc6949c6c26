import { existsSync, readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type ServiceVersions = { postgres: string; redis: string };

export type Machine = {
  versions: ServiceVersions & { siaran: string; node: string };
  cores: number;
  processor: string;
  memoryBytes: number;
  /** How many processes wanted a core in the minute before: above nought, others are measured too. */
  load: number;
};

/** Where this repository begins, seen from the source as from the compiled file. */
export const rootDir = (() => {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder))
    if (existsSync(join(folder, 'package.json'))) return folder;
})();

export function describeMachine(versions: ServiceVersions): Machine {
  const { version } = JSON.parse(readFileSync(join(rootDir, 'package.json'), 'utf8')) as { version: string };
  return {
    versions: { siaran: version, node: process.versions.node, ...versions },
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryBytes: totalmem(),
    load: loadavg()[0] ?? 0,
  };
}
