import { type Command, Option } from 'commander';
import type { Context } from '../../context.js';
import { adminRoles } from '../../domain/people/roles.js';
import { showInstant } from '../../domain/timing/show-instant.js';
import { type Invitation, inviteAgain, inviteByLink } from '../../pipeline/people/invitations.js';
import { giveEmail } from '../../pipeline/people/users.js';
import { print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { tellSecret } from './tell-secret.js';

const inviteExamples = `
The link is good once, for 24 hours, and shown this once. It begins with SIARAN_ADMIN_URL; without it, with the address that
siaran admin listens on by default.

Examples:
  siaran user invite ada --role operator
  siaran user invite ada --role operator --email ada@example.com --json`;

const linkExamples = `
For somebody who has lost the first link, or their password: the old password is good until they set a new one.

Examples:
  siaran user link ada`;

const emailExamples = `
By it they are found when they first come in by OpenID Connect. A change also forgets whom they were there. An empty address: by none.

Examples:
  siaran user email ada ada@example.com
  siaran user email ada ''`;

type Flags = { json?: true };

/** What somebody may do in the dashboard. */
function roleOption(): Option {
  return new Option('--role <role>', 'what they may do').choices(adminRoles).makeOptionMandatory();
}

/** How people get a password of their own, or come in by OpenID Connect. */
export function addInvitationCommands(user: Command): void {
  user
    .command('invite')
    .argument('<name>')
    .description('let somebody in; prints a link by which they set a password, once')
    .addOption(roleOption())
    .option('--email <address>', 'by which they are found when they come in by OpenID Connect')
    .option('--json', 'print one JSON document, {name, role, url, expiresAt}')
    .addHelpText('after', inviteExamples)
    .action((name: string, { role, email, json }: Flags & { role: string; email?: string }) =>
      withSiaran(async ({ ctx }) => {
        const invitation = await inviteByLink(ctx, { name, role, email });
        await tellLink(ctx, { name, role }, invitation, json);
      }),
    );
  user
    .command('link')
    .argument('<name>')
    .description('give somebody another link by which they set a password; prints it, once')
    .option('--json', 'print one JSON document, {name, url, expiresAt}')
    .addHelpText('after', linkExamples)
    .action((name: string, { json }: Flags) =>
      withSiaran(async ({ ctx }) => tellLink(ctx, { name }, await inviteAgain(ctx, name), json)),
    );
  user
    .command('email')
    .argument('<name>')
    .argument('<address>')
    .description('give somebody another e-mail address, for OpenID Connect')
    .addHelpText('after', emailExamples)
    .action((name: string, address: string) =>
      withSiaran(async ({ ctx }) => {
        await giveEmail(ctx, name, address);
        await print(`The e-mail address of ${name} is changed.`);
      }),
    );
}

async function tellLink(
  { config: { adminUrl, adminHost, adminPort, tls } }: Context,
  about: { name: string; role?: string },
  { path, expiresAt }: Invitation,
  json: true | undefined,
): Promise<void> {
  const url = (adminUrl ?? `${tls ? 'https' : 'http'}://${adminHost}:${adminPort}`) + path;
  if (json) return printJson({ ...about, url, expiresAt });
  await tellSecret(
    `${about.name} sets a password with this link, until ${showInstant(expiresAt)}; it is shown this once`,
    url,
  );
}
