import { failureOf } from '../src/cli/terminal/failure.js';
import { interruptible, unlessInterrupted } from '../src/cli/terminal/interrupt.js';
import { openBench } from './bench.js';
import type { Bench, Case } from './case.js';
import { callbacks } from './cases/callbacks.js';
import { command } from './cases/command.js';
import { desk } from './cases/desk.js';
import { endToEnd } from './cases/end-to-end.js';
import { enqueue } from './cases/enqueue.js';
import { fairness } from './cases/fairness.js';
import { growth } from './cases/growth.js';
import { idle } from './cases/idle.js';
import { ledger } from './cases/ledger.js';
import { lookup } from './cases/lookup.js';
import { messages } from './cases/messages.js';
import { recovery } from './cases/recovery.js';
import { describeMachine } from './machine.js';
import { requireProc } from './measures/proc.js';
import { helpText, type Options, readOptions } from './options.js';
import { type CaseResult, caseText, checkedText, machineText, resultsJson } from './report.js';

const cases: readonly Case[] = [
  ...[enqueue, endToEnd, ledger, recovery, growth, fairness],
  ...[callbacks, messages, command, desk, lookup, idle],
];

try {
  const options = readOptions(
    process.argv.slice(2),
    cases.map(({ name }) => name),
  );
  if (options === 'help') process.stdout.write(helpText(cases));
  else await interruptible((stop) => benchmark(options, stop));
} catch (error) {
  const { exitCode, message } = failureOf(error);
  if (message !== '') process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

async function benchmark(options: Options, stop: AbortSignal): Promise<void> {
  requireProc();
  const bench = await openBench(options, stop).catch((error: unknown) => {
    stop.throwIfAborted();
    throw error;
  });
  try {
    await unlessInterrupted(stop, measureAll(bench));
  } finally {
    await bench.close();
  }
}

/** Each table is printed as soon as it is whole: all cases together take long. */
async function measureAll(bench: Bench): Promise<void> {
  const { options, services } = bench;
  const machine = describeMachine(services.versions);
  const results: CaseResult[] = [];
  bench.progress.clear();
  if (!options.json) process.stdout.write(`${machineText(machine)}\n`);
  for (const one of cases.filter(({ name }) => options.only.includes(name))) {
    const result = { case: one, measurements: await one.run(bench) };
    results.push(result);
    if (!options.json && !options.quick) process.stdout.write(`\n${caseText(result)}\n`);
  }
  if (options.quick) process.stdout.write(checkedText(results));
  if (options.json) process.stdout.write(`${JSON.stringify(resultsJson(machine, options, results))}\n`);
}
