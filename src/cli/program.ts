import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { addAdminCommand } from './admin.js';
import { addAdoptCommand } from './adopt.js';
import { addBatchesCommand } from './batches.js';
import { addCallbacksCommand } from './callbacks.js';
import { addCampaignCommand } from './campaign.js';
import { addCloseSourceCommand } from './close-source.js';
import { addDemoCommand } from './demo.js';
import { addDoctorCommand } from './doctor.js';
import { addExportCommand } from './export.js';
import { exitCodes, failureOf } from './failure.js';
import { keepHeapSmall } from './keep-heap-small.js';
import { addMessageCommand } from './message.js';
import { addMigrateCommand } from './migrate.js';
import { bearClosedPipes, note } from './output.js';
import { addCancelCommand, addPauseCommand } from './pause.js';
import { addPurgeCommand } from './purge.js';
import { addRecipientCommand } from './recipient.js';
import { addRejectionsCommand } from './rejections.js';
import { addResolveCommand } from './resolve.js';
import { addResumeCommand } from './resume.js';
import { addRetryCommand } from './retry.js';
import { addRunCommand } from './run.js';
import { addRunsCommand } from './runs.js';
import { addSandboxCommand } from './sandbox.js';
import { addSealCommand } from './seal.js';
import { addSendCommand } from './send.js';
import { addSuppressCommand } from './suppress.js';
import { addVerifyCommand } from './verify.js';
import { addWorkerCommand } from './worker.js';

/** How long a process whose command is through may take to end by itself. */
const lingeringMs = 500;

/** Runs the command that the arguments name, to its end. The process then has its exit code. */
export async function runProgram(args: readonly string[]): Promise<void> {
  bearClosedPipes();
  keepHeapSmall();
  try {
    await buildProgram().parseAsync(args, { from: 'user' });
    // What was asked of a service that stays silent may still keep the process alive, when all is said.
    setTimeout(() => process.exit(), lingeringMs).unref();
  } catch (error) {
    const { exitCode, message } = failureOf(error);
    if (message !== '') note(message);
    // At once: a step that was given up may still be waiting for a Redis or Postgres that is away.
    if (exitCode !== exitCodes.done) process.exit(exitCode);
  }
}

function buildProgram(): Command {
  const program = new Command('siaran')
    .description('WhatsApp template broadcasts through Qiscus: never twice, never silently lost')
    .version(readVersion(), '--version')
    .exitOverride()
    .showHelpAfterError('(--help shows how it is used)')
    .addHelpText('after', `\n${exitCodeHelp}`);
  addSendCommand(program);
  addMessageCommand(program);
  addSealCommand(program);
  addCloseSourceCommand(program);
  addRunsCommand(program);
  addRunCommand(program);
  addBatchesCommand(program);
  addRecipientCommand(program);
  addRejectionsCommand(program);
  addExportCommand(program);
  addRetryCommand(program);
  addResolveCommand(program);
  addPauseCommand(program);
  addResumeCommand(program);
  addCancelCommand(program);
  addVerifyCommand(program);
  addCampaignCommand(program);
  addSuppressCommand(program);
  addPurgeCommand(program);
  addMigrateCommand(program);
  addAdoptCommand(program);
  addWorkerCommand(program);
  addAdminCommand(program);
  addCallbacksCommand(program);
  addDoctorCommand(program);
  addSandboxCommand(program);
  addDemoCommand(program);
  return program;
}

const exitCodeHelp = `Results go to standard output (with --json as one JSON document), logs and progress to standard error.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
Configuration is read from the environment: DATABASE_URL, REDIS_URL, QISCUS_APP_ID, QISCUS_SECRET_KEY and others.`;

/** Of the package.json above this file, which stands in `src/cli` or, when compiled, in `dist/src/cli`. */
function readVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
    if (dirname(folder) === folder) return 'unknown';
  }
}
