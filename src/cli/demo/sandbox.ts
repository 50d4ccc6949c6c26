import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { UsageError } from '../../errors.js';
import { type Assumptions, DEFAULT_ASSUMPTIONS, isAssumption } from '../../sandbox/assumptions.js';
import type { CallbackOptions } from '../../sandbox/callbacks/callbacks.js';
import { CONTROL_ENDPOINTS } from '../../sandbox/control-endpoints.js';
import { faultHelp, parseFaultFlag } from '../../sandbox/fault-flag.js';
import type { FaultRequest } from '../../sandbox/faults.js';
import { type Sandbox, type SandboxRequest, startSandbox } from '../../sandbox/server.js';
import { note, print, printJson } from '../terminal/output.js';

type SandboxFlags = {
  readonly port: number;
  readonly host: string;
  readonly appId?: string;
  readonly secretKey?: string;
  readonly fault?: FaultRequest[];
  readonly assume?: Partial<Assumptions>;
  readonly callbacks?: string;
  readonly callbackForm: NonNullable<CallbackOptions['form']>;
  readonly callbackMix?: number;
  readonly json?: true;
};

const EXAMPLES = `
Examples:
  siaran sandbox
  siaran sandbox --port 0 --json
  siaran sandbox --fault send:http:429,times=3,retryAfterSeconds=2 --fault upload:latency,latencyMs=200
  siaran sandbox --fault send:close-after-accepting,after=2,times=1
  siaran sandbox --assume refuseDuplicateNumbers=true
  siaran sandbox --callbacks http://127.0.0.1:3000/callbacks/qiscus/SECRET --callback-mix 1`;

export function addSandboxCommand(program: Command): void {
  program
    .command('sandbox')
    .description('run a local stand-in for Qiscus: it sends nothing, remembers every request, and fails on request')
    .option('--port <port>', 'port to listen on, 0 for a free one', parsePort, 4010)
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--app-id <id>', 'the only Qiscus-App-Id that it accepts (default: any)')
    .option('--secret-key <key>', 'the only Qiscus-Secret-Key that it accepts (default: any)')
    .option('--fault <fault>', 'a fault, see below; may be given several times', collectFault)
    .option(
      '--assume <name=bool>',
      'turn an assumption round, see below; may be given several times',
      collectAssumption,
    )
    .option('--callbacks <url>', 'where to post callbacks: sent, delivered and read for each message', parseUrl)
    .addOption(
      new Option('--callback-form <form>', 'which of the two observed forms the callbacks have')
        .choices(['whatsapp', 'message'])
        .default('whatsapp'),
    )
    .option(
      '--callback-mix <seed>',
      'callbacks as they really come: messages end in different ways, by number; told in any order, some twice, some by user id only',
      parseSeed,
    )
    .option('--json', 'print one JSON document, {"url"}, when it listens')
    .addHelpText('after', `${EXAMPLES}\n\n${faultHelp()}`)
    .action(runSandbox);
}

async function runSandbox(flags: SandboxFlags): Promise<void> {
  const sandbox = await startSandbox({
    port: flags.port,
    host: flags.host,
    ...(flags.appId === undefined ? {} : { appId: flags.appId }),
    ...(flags.secretKey === undefined ? {} : { secretKey: flags.secretKey }),
    faults: flags.fault ?? [],
    assumptions: flags.assume ?? {},
    ...(flags.callbacks === undefined ? {} : { callbacks: callbacksOf(flags, flags.callbacks) }),
    onRequest: (request) => note(describeRequest(request)),
  });
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await (flags.json ? printJson({ url: sandbox.url }) : print(describeStart(sandbox, flags)));
  await stopped;
  await sandbox.close();
}

function callbacksOf({ callbackForm: form, callbackMix: mix }: SandboxFlags, url: string): CallbackOptions {
  return { url, form, ...(mix !== undefined && { mix }) };
}

function describeStart(sandbox: Sandbox, flags: SandboxFlags): string {
  const routes = CONTROL_ENDPOINTS.map(([route, does]) => `  ${route.padEnd(32)} ${does}`);
  return [
    `The sandbox listens on ${sandbox.url}`,
    '',
    'Point Siaran at it:',
    `  export QISCUS_BASE_URL=${sandbox.url}`,
    `  export QISCUS_APP_ID=${flags.appId ?? 'sandbox'}`,
    // The key was given on the command line, but a terminal is often shared or recorded.
    `  export QISCUS_SECRET_KEY=${flags.secretKey === undefined ? 'sandbox' : '…   # the one given with --secret-key'}`,
    '',
    'Look into it, and make it fail:',
    ...routes,
    `  e.g. curl -X PUT ${sandbox.url}/_sandbox/faults -d '[{"on":"send","kind":"http","status":503,"times":1}]'`,
    '',
    `Faults now: ${flags.fault?.map((fault) => JSON.stringify(fault)).join(' ') ?? 'none'}`,
    'Ctrl-C stops it; nothing is kept.',
  ].join('\n');
}

function describeRequest({ method, path, outcome, fault }: SandboxRequest): string {
  return `${new Date().toISOString()} ${method} ${path} ${outcome}${fault === undefined ? '' : ` (fault ${fault})`}`;
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new UsageError(`--port must be 0 to 65535, not ${JSON.stringify(text)}.`);
  return port;
}

function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--callback-mix must be a whole number, not ${JSON.stringify(text)}.`);
}

function parseUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError('--callbacks must be an address that begins with http:// or https://.');
}

function collectFault(text: string, faults: readonly FaultRequest[] = []): FaultRequest[] {
  return [...faults, parseFaultFlag(text)];
}

function collectAssumption(text: string, assumptions: Partial<Assumptions> = {}): Partial<Assumptions> {
  const [name = '', value] = text.split('=', 2);
  if (!isAssumption(name)) {
    const known = Object.keys(DEFAULT_ASSUMPTIONS).join(', ');
    throw new UsageError(`--assume: there is no assumption ${JSON.stringify(name)}; there are ${known}.`);
  }
  if (value !== 'true' && value !== 'false') throw new UsageError(`--assume: write ${name}=true or ${name}=false.`);
  return { ...assumptions, [name]: value === 'true' };
}
