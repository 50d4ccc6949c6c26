import { type Command, CommanderError } from 'commander';
import { packageVersion } from '../package-file.js';
import { takeFileOptions } from './file-options.js';
import { keepHeapSmall } from './keep-heap-small.js';
import { bearClosedPipes, note, print } from './terminal/output.js';
import { TypoFirst } from './typo-first.js';

/** Each command in the order of the help, loaded when it is asked for: to load all of them takes longer than most of them take. */
const commands: Record<string, () => Promise<(program: Command) => void>> = {
  send: async () => (await import('./send/send.js')).addSendCommand,
  message: async () => (await import('./send/message.js')).addMessageCommand,
  seal: async () => (await import('./send/seal.js')).addSealCommand,
  'close-source': async () => (await import('./operating/close-source.js')).addCloseSourceCommand,
  status: async () => (await import('./looking/status.js')).addStatusCommand,
  runs: async () => (await import('./looking/runs.js')).addRunsCommand,
  run: async () => (await import('./looking/run.js')).addRunCommand,
  results: async () => (await import('./looking/results.js')).addResultsCommand,
  batches: async () => (await import('./looking/batches.js')).addBatchesCommand,
  recipient: async () => (await import('./looking/recipient.js')).addRecipientCommand,
  rejections: async () => (await import('./looking/rejections.js')).addRejectionsCommand,
  export: async () => (await import('./looking/export.js')).addExportCommand,
  retry: async () => (await import('./operating/retry.js')).addRetryCommand,
  resend: async () => (await import('./operating/resend.js')).addResendCommand,
  resolve: async () => (await import('./operating/resolve.js')).addResolveCommand,
  pause: async () => (await import('./operating/pause.js')).addPauseCommand,
  resume: async () => (await import('./operating/resume.js')).addResumeCommand,
  approve: async () => (await import('./operating/approve.js')).addApproveCommand,
  stop: async () => (await import('./operating/stop.js')).addStopCommand,
  go: async () => (await import('./operating/stop.js')).addGoCommand,
  cancel: async () => (await import('./operating/pause.js')).addCancelCommand,
  verify: async () => (await import('./looking/verify.js')).addVerifyCommand,
  audit: async () => (await import('./looking/audit.js')).addAuditCommand,
  templates: async () => (await import('./templates/templates.js')).addTemplatesCommand,
  drafts: async () => (await import('./drafts/drafts.js')).addDraftsCommand,
  draft: async () => (await import('./drafts/drafts.js')).addDraftCommand,
  preview: async () => (await import('./templates/preview.js')).addPreviewCommand,
  'test-send': async () => (await import('./templates/test-send.js')).addTestSendCommand,
  campaign: async () => (await import('./campaign/campaign.js')).addCampaignCommand,
  suppress: async () => (await import('./operating/suppress.js')).addSuppressCommand,
  forget: async () => (await import('./operating/forget.js')).addForgetCommand,
  purge: async () => (await import('./operating/purge.js')).addPurgeCommand,
  migrate: async () => (await import('./serving/migrate.js')).addMigrateCommand,
  adopt: async () => (await import('./operating/adopt.js')).addAdoptCommand,
  worker: async () => (await import('./serving/worker.js')).addWorkerCommand,
  admin: async () => (await import('./serving/admin.js')).addAdminCommand,
  callbacks: async () => (await import('./serving/callbacks.js')).addCallbacksCommand,
  user: async () => (await import('./people/user.js')).addUserCommand,
  doctor: async () => (await import('./doctor/doctor.js')).addDoctorCommand,
  sandbox: async () => (await import('./demo/sandbox.js')).addSandboxCommand,
  demo: async () => (await import('./demo/demo.js')).addDemoCommand,
  completion: async () => {
    const { addCompletionCommand } = await import('./completion/completion.js');
    return (program) => addCompletionCommand(program, () => buildProgram([]));
  },
};

/** How long a process whose command is through may take to end by itself. */
const lingeringMs = 500;

/** Runs the command that the arguments name, to its end. The process then has its exit code. */
export async function runProgram(args: readonly string[]): Promise<void> {
  bearClosedPipes();
  try {
    const command = takeFileOptions(args);
    const program = await buildProgram(command);
    // Not before all is loaded: what is loaded stays, and the garbage of loading it would be collected again and again.
    keepHeapSmall();
    await program.parseAsync(command, { from: 'user' });
    // What was asked of a service that stays silent may still keep the process alive, when all is said.
    setTimeout(() => process.exit(), lingeringMs).unref();
  } catch (error) {
    // The help and the version end so.
    if (error instanceof CommanderError && error.exitCode === 0) return;
    const { failureOf } = await import('./terminal/failure.js');
    const { exitCode, message } = failureOf(error);
    if (message !== '') note(message);
    // At once: a step that was given up may still be waiting for a Redis or Postgres that is away.
    process.exit(exitCode);
  }
}

/** Has the command that the arguments begin with, or all: for the help, and to say which ones there are. */
async function buildProgram([first = '']: readonly string[]): Promise<Command> {
  const program = new TypoFirst('siaran')
    .description('WhatsApp template broadcasts through Qiscus: never twice, never silently lost')
    .version(packageVersion(), '--version')
    .option(
      '--env-file <path>',
      'before the command: a file with variables that are not set yet, as Docker and Node read them',
    )
    .option('--config <path>', 'before the command: a file in YAML or JSON with settings that are no secrets')
    // Its errors quote arguments, which a script may have from elsewhere.
    .configureOutput({
      writeOut: (text) => void print(text.trimEnd()),
      writeErr: (text) => note(text.replaceAll('\r', '').trimEnd()),
    })
    .exitOverride()
    .showHelpAfterError('(--help shows how it is used)')
    .addHelpText('after', `\n${exitCodeHelp}`);
  const named = commands[first];
  const wanted = named ? [named] : first === '--version' ? [] : Object.values(commands);
  for (const add of await Promise.all(wanted.map((load) => load()))) add(program);
  return program;
}

const exitCodeHelp = `Results go to standard output (with --json as one JSON document), logs and progress to standard error.
Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.
Configuration is read from the environment: DATABASE_URL, REDIS_URL, QISCUS_APP_ID, QISCUS_SECRET_KEY and others.`;
