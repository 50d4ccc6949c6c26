import type { Command } from 'commander';
import { callbackPath } from '../../admin/callbacks/callback-path.js';
import { listen } from '../../admin/listen.js';
import { requireCallbackSecrets } from '../../config/config.js';
import { logUnknownVariables } from '../../context.js';
import { assertMigrated } from '../../store/migrations/migrate.js';
import { refuseForgetfulPooler } from '../../store/migrations/pooler.js';
import { exitCodes } from '../terminal/failure.js';
import { interruptible, untilInterrupted } from '../terminal/interrupt.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { readPort } from './listen-options.js';

const examples = `
Examples:
  siaran callbacks
  siaran callbacks --host 0.0.0.0 --port 8080
  siaran callbacks --port 0 --json

Qiscus posts callbacks to ${callbackPath}ACCOUNT/SECRET, where SECRET is SIARAN_CALLBACK_SECRET or the account's
own; without ACCOUNT they are those of the account default. Register that address, as Qiscus reaches it
over HTTPS, as the webhook of your channel at Qiscus. /metrics, /healthz and /readyz are for monitoring.`;

type Flags = { host?: string; port?: number; json?: true };

export function addCallbacksCommand(program: Command): void {
  program
    .command('callbacks')
    .description('receive the callbacks in which Qiscus tells what became of each message, until stopped')
    .option('--host <host>', 'address to listen on (default: SIARAN_ADMIN_HOST, else 127.0.0.1)')
    .option('--port <port>', 'port to listen on, 0 for a free one (default: SIARAN_ADMIN_PORT, else 3000)', readPort)
    .option('--json', 'print one JSON document, {"url", "path"}, when it listens')
    .addHelpText('after', examples)
    .action((flags: Flags) => interruptible((stop) => receive(stop, flags), { secondExitCode: exitCodes.failed }));
}

async function receive(stop: AbortSignal, { host, port, json }: Flags): Promise<void> {
  await withSiaran(
    async ({ ctx }) => {
      requireCallbackSecrets(ctx.config);
      logUnknownVariables(ctx);
      await assertMigrated(ctx.config.databaseUrl);
      await refuseForgetfulPooler(ctx.config.databaseUrl);
      const { adminHost, adminPort } = ctx.config;
      const address = { host: host ?? adminHost, port: port ?? adminPort };
      // Loaded here, so that only who receives callbacks waits for it.
      const { buildReceiver } = await import('../../admin/callbacks/server.js');
      const listener = await listen(await buildReceiver(ctx), address);
      try {
        const path = `${callbackPath}***`;
        if (json) await printJson({ url: listener.url, path });
        else await print(`Listening on ${listener.url}. Register ${path} at Qiscus; *** is SIARAN_CALLBACK_SECRET.`);
        await untilInterrupted(stop);
      } finally {
        await listener.close();
      }
    },
    { logLevel: 'info' },
  );
}
