import type { Command } from 'commander';
import type { Config } from '../../config/config.js';
import { logUnknownVariables } from '../../context.js';
import { adminRoles } from '../../domain/people/roles.js';
import { UsageError } from '../../errors.js';
import { assertMigrated } from '../../store/migrations/migrate.js';
import { refuseForgetfulPooler } from '../../store/migrations/pooler.js';
import { exitCodes } from '../terminal/failure.js';
import { interruptible, untilInterrupted } from '../terminal/interrupt.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { openDashboard } from './dashboard.js';
import { readPort } from './listen-options.js';

const examples = `
Examples:
  siaran admin
  SIARAN_ADMIN_TOKEN=$(openssl rand -hex 32) siaran admin --host 0.0.0.0 --port 8080
  curl -H "Authorization: Bearer $SIARAN_ADMIN_TOKEN" http://127.0.0.1:3000/api/v1/runs

The dashboard is at /, the API at /api/v1, its description at /openapi.json; /metrics, /healthz and /readyz are for monitoring.
SIARAN_ADMIN_TOKEN is one token, which is an owner's, or several as NAME:ROLE:TOKEN,NAME:ROLE:TOKEN with the roles
${adminRoles.join(', ')}. Without one, it prints a link that lets one browser in, once. With
SIARAN_CALLBACK_SECRET it also receives callbacks.`;

type Flags = { host?: string; port?: number; json?: true };

export function addAdminCommand(program: Command): void {
  program
    .command('admin')
    .description('serve the dashboard and the HTTP API until stopped')
    .option('--host <host>', 'address to listen on (default: SIARAN_ADMIN_HOST, else 127.0.0.1)')
    .option('--port <port>', 'port to listen on, 0 for a free one (default: SIARAN_ADMIN_PORT, else 3000)', readPort)
    .option('--json', 'print one JSON document, {"url", "loginUrl"}, when it listens')
    .addHelpText('after', examples)
    .action((flags: Flags) => interruptible((stop) => serve(stop, flags), { secondExitCode: exitCodes.failed }));
}

async function serve(stop: AbortSignal, flags: Flags): Promise<void> {
  await withSiaran(
    async ({ ctx }) => {
      const host = flags.host ?? ctx.config.adminHost;
      const port = flags.port ?? ctx.config.adminPort;
      refuseOpenDoor(ctx.config, host);
      logUnknownVariables(ctx);
      await assertMigrated(ctx.config.databaseUrl);
      await refuseForgetfulPooler(ctx.config.databaseUrl);
      const dashboard = await openDashboard(ctx, host, port);
      try {
        const loginUrl = dashboard.loginUrl();
        if (flags.json) await printJson({ url: dashboard.url, loginUrl: loginUrl ?? null });
        else await print(whereItIs(dashboard.url, loginUrl, ctx.config.needsSecondFactor));
        await untilInterrupted(stop);
      } finally {
        await dashboard.close();
      }
    },
    { logLevel: 'info' },
  );
}

/** Anybody who reaches the admin could stop and start broadcasts to hundreds of thousands of people. */
function refuseOpenDoor({ adminTokens }: Config, host: string): void {
  if (adminTokens.length > 0 || ['127.0.0.1', 'localhost', '::1'].includes(host)) return;
  throw new UsageError(
    `Without SIARAN_ADMIN_TOKEN the admin listens on 127.0.0.1 only, not on ${host}. Set one, for example the output of: openssl rand -hex 32`,
  );
}

function whereItIs(url: string, loginUrl: string | undefined, needsSecondFactor: boolean): string {
  if (needsSecondFactor)
    return `Siaran's dashboard is at ${url}; log in with your name. siaran user invite makes the first owner.`;
  if (loginUrl === undefined) return `Siaran's dashboard is at ${url}; log in with a token of SIARAN_ADMIN_TOKEN.`;
  return `No token is set. This link opens Siaran's dashboard for one browser, once:\n${loginUrl}`;
}
