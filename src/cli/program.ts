import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { addCampaignCommand } from './campaign/campaign.js';
import { addDemoCommand } from './demo/demo.js';
import { addSandboxCommand } from './demo/sandbox.js';
import { addDoctorCommand } from './doctor/doctor.js';
import { keepHeapSmall } from './keep-heap-small.js';
import { addBatchesCommand } from './looking/batches.js';
import { addExportCommand } from './looking/export.js';
import { addRecipientCommand } from './looking/recipient.js';
import { addRejectionsCommand } from './looking/rejections.js';
import { addRunCommand } from './looking/run.js';
import { addRunsCommand } from './looking/runs.js';
import { addVerifyCommand } from './looking/verify.js';
import { addAdoptCommand } from './operating/adopt.js';
import { addCloseSourceCommand } from './operating/close-source.js';
import { addCancelCommand, addPauseCommand } from './operating/pause.js';
import { addPurgeCommand } from './operating/purge.js';
import { addResolveCommand } from './operating/resolve.js';
import { addResumeCommand } from './operating/resume.js';
import { addRetryCommand } from './operating/retry.js';
import { addSuppressCommand } from './operating/suppress.js';
import { addMessageCommand } from './send/message.js';
import { addSealCommand } from './send/seal.js';
import { addSendCommand } from './send/send.js';
import { addAdminCommand } from './serving/admin.js';
import { addCallbacksCommand } from './serving/callbacks.js';
import { addMigrateCommand } from './serving/migrate.js';
import { addWorkerCommand } from './serving/worker.js';
import { exitCodes, failureOf } from './terminal/failure.js';
import { bearClosedPipes, note } from './terminal/output.js';

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
