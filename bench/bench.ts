import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Bench, Case, Contender, Measurement } from './case.js';
import { rootDir } from './machine.js';
import type { Options } from './options.js';
import { Progress } from './progress.js';
import { startBenchServices } from './services.js';
import { Staff } from './staff.js';

export async function openBench(options: Options, signal: AbortSignal): Promise<Bench> {
  const dir = await openDir();
  // The last resort, when somebody doesn't want to wait for an orderly end.
  const removeDir = () => rmSync(dir, { recursive: true, force: true });
  process.on('exit', removeDir);
  const progress = new Progress();
  const staff = new Staff();
  const services = await startBenchServices(dir, { signal, onProgress: (line) => progress.doing(line) });
  return {
    options,
    services,
    staff,
    progress,
    dir,
    sized: (count) => (options.quick ? Math.max(20, Math.ceil(count / 50)) : count),
    takeTurns: (one, contenders) => takeTurns({ options, progress, staff }, one, contenders),
    async close() {
      await staff.close();
      await services.stop();
      await rm(dir, { recursive: true, force: true });
      process.off('exit', removeDir);
      progress.clear();
    },
  };
}

/** On the disk of the checkout: a folder for temporary files may be one in memory, where nothing is ever durable. */
async function openDir(): Promise<string> {
  await mkdir(join(rootDir, '.siaran'), { recursive: true });
  const dir = await mkdtemp(join(rootDir, '.siaran', 'bench-data-'));
  // For root, Postgres runs as another user, who has to get there.
  await chmod(dir, 0o755);
  return dir;
}

async function takeTurns(
  { options, progress, staff }: Pick<Bench, 'options' | 'progress' | 'staff'>,
  one: Case,
  contenders: readonly Contender[],
): Promise<Measurement[]> {
  const measurements: Measurement[] = [];
  const headline = one.tables[0]?.columns[0];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const { name, recipients, rounds = options.rounds, measure } of contenders) {
      if (round > rounds) continue;
      const what = `${one.name} ${round}/${rounds}: ${name}, ${recipients.toLocaleString('en')} ${one.unit ?? 'recipients'}`;
      progress.doing(what);
      const figures = await Promise.race([measure(), staff.trouble, tooLate(what, recipients)]);
      measurements.push({ contender: name, recipients, round, figures });
      const value = options.quick ? undefined : headline && figures[headline.figure];
      progress.done(value === undefined ? what : `${what}: ${headline?.shown(value)} ${headline?.title}`);
    }
  }
  return measurements;
}

/** Nothing takes as long, unless it hangs. */
async function tooLate(what: string, recipients: number): Promise<never> {
  await sleep(180_000 + 0.3 * recipients, undefined, { ref: false });
  throw new Error(`${what}: it is not through yet; something hangs`);
}
