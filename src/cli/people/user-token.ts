import type { Command } from 'commander';
import { parseDuration } from '../../domain/timing/duration.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { UsageError } from '../../errors.js';
import { issueToken, longestTokenMs, revokeToken } from '../../pipeline/people/tokens.js';
import { listServiceTokens } from '../../store/admin-users.js';
import { print, printJson, table } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { tellSecret } from './tell-secret.js';

const addExamples = `
A program sends it as Authorization: Bearer TOKEN, may what the user may, and stands in the audit log with the user's name. Only a
digest of it is kept. --expires is at most 366d.

Examples:
  siaran user token add ada --label crm
  siaran user token add ada --label crm --expires 30d --json`;

const removeExamples = `
Examples:
  siaran user token list
  siaran user token revoke 3f9c0d1e2b4a5867`;

type Flags = { json?: true };

export function addTokenCommands(user: Command): void {
  const token = user.command('token').description("manage the tokens of people's programs");
  token
    .command('add')
    .argument('<name>')
    .description('issue a token for a program of a user; prints it, once')
    .requiredOption('--label <text>', 'which program has it')
    .option('--expires <duration>', 'how long it is good', '90d')
    .option('--json', 'print one JSON document, {id, token, expiresAt}')
    .addHelpText('after', addExamples)
    .action((name: string, { label, expires, json }: Flags & { label: string; expires: string }) =>
      withSiaran(async ({ ctx }) => {
        const issued = await issueToken(ctx, { name, label, expiresAt: readExpiry(expires) });
        if (json) return printJson(issued);
        await tellSecret(
          `Token ${issued.id}, good until ${showInstant(issued.expiresAt)}, shown this once`,
          issued.token,
        );
      }),
    );
  token
    .command('list')
    .description('list all tokens, without what they are')
    .option('--json', 'print one JSON array')
    .action(({ json }: Flags) =>
      withSiaran(async ({ ctx }) => {
        const tokens = await listServiceTokens(ctx.db);
        if (json) return printJson(tokens);
        if (tokens.length === 0) return print('There are no tokens.');
        const rows = tokens.map(({ id, user: name, label, expiresAt, usedAt }) => [
          ...[id, name, label, showInstant(expiresAt), usedAt === null ? 'never' : showInstant(usedAt)],
        ]);
        await print(table(['Id', 'User', 'Label', 'Good until', 'Used'], rows));
      }),
    );
  token
    .command('revoke')
    .argument('<id>')
    .description('revoke a token: it stops working at once')
    .addHelpText('after', removeExamples)
    .action((id: string) =>
      withSiaran(async ({ ctx }) => {
        await revokeToken(ctx, id);
        await print(`Token ${id} is revoked.`);
      }),
    );
}

function readExpiry(text: string): Date {
  const ms = parseDuration(text);
  if (ms === undefined || ms <= 0 || ms > longestTokenMs)
    throw new UsageError(`--expires is ${JSON.stringify(text)}; write a duration up to 366d, such as 90d.`);
  return new Date(Date.now() + ms);
}
