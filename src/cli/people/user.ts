import { Argument, type Command } from 'commander';
import { adminRoles } from '../../domain/people/roles.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { resetTotp } from '../../pipeline/people/second-factor.js';
import { giveRole, revokeUser } from '../../pipeline/people/users.js';
import { listUsers } from '../../store/admin-users.js';
import { print, printJson, table } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { addInvitationCommands } from './user-invite.js';
import { addTokenCommands } from './user-token.js';

const examples = `
A user logs in to the dashboard with a name and a password, which they set by the link that invite makes. Only its scrypt digest is
kept. The roles are ${adminRoles.join(', ')}. A viewer sees neither numbers nor values, and may look a number up; an
analyst sees values without numbers, and looks nobody up; an operator sees and changes all; an approver may the same so far; an
owner also manages people and ends the sessions of others.

Examples:
  siaran user invite ada --role operator
  siaran user role ada owner
  siaran user token add ada --label crm --expires 90d
  siaran user revoke ada`;

const roleExamples = `
It ends the user's sessions: they log in again.

Examples:
  siaran user role ada owner`;

const resetExamples = `
It ends the user's sessions. They set codes up again on their own page.

Examples:
  siaran user totp-reset ada`;

const revokeExamples = `
The user's sessions and tokens stop working at once. The name stays taken, as the audit log has it.

Examples:
  siaran user revoke ada`;

type Flags = { json?: true };

export function addUserCommand(program: Command): void {
  const user = program
    .command('user')
    .description('manage the people who use the dashboard, and tokens of their programs')
    .addHelpText('after', examples);
  addInvitationCommands(user);
  user
    .command('list')
    .description('list all users')
    .option('--json', 'print one JSON array')
    .action(({ json }: Flags) =>
      withSiaran(async ({ ctx }) => {
        const users = await listUsers(ctx.db);
        if (json) return printJson(users);
        if (users.length === 0) return print('There are no users.');
        const rows = users.map(({ name, role, email, createdAt, revokedAt, hasPassword, hasTotp }) => [
          ...[name, role, email ?? '', hasTotp ? 'codes' : hasPassword ? 'none' : '', showInstant(createdAt)],
          revokedAt === null ? '' : showInstant(revokedAt),
        ]);
        await print(table(['Name', 'Role', 'E-mail', 'Second factor', 'Since', 'Revoked'], rows));
      }),
    );
  user
    .command('role')
    .argument('<name>')
    .addArgument(new Argument('<role>').choices(adminRoles))
    .description('give somebody another role')
    .addHelpText('after', roleExamples)
    .action((name: string, role: string) =>
      withSiaran(async ({ ctx }) => {
        await giveRole(ctx, name, role);
        await print(`The role of ${name} is ${role}.`);
      }),
    );
  user
    .command('totp-reset')
    .argument('<name>')
    .description('make a password need no code, if its user has lost their app')
    .addHelpText('after', resetExamples)
    .action((name: string) =>
      withSiaran(async ({ ctx }) => {
        await resetTotp(ctx, name);
        await print(`The password of ${name} needs no code.`);
      }),
    );
  user
    .command('revoke')
    .argument('<name>')
    .description("take somebody's access away")
    .addHelpText('after', revokeExamples)
    .action((name: string) =>
      withSiaran(async ({ ctx }) => {
        await revokeUser(ctx, name);
        await print(`${name} no longer has access.`);
      }),
    );
  addTokenCommands(user);
}
