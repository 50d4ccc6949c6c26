import { randomBytes } from 'node:crypto';
import type { Context } from '../../src/context.js';
import { changePeople } from '../../src/pipeline/people/change.js';
import { hashPassword } from '../../src/pipeline/people/passwords.js';
import { insertUser } from '../../src/pipeline/people/users.js';

/** Lets somebody in as if they had been invited and had set a password. @returns it */
export async function inviteUser(ctx: Context, name: string, role: string): Promise<{ password: string }> {
  const password = randomBytes(16).toString('base64url');
  const hash = await hashPassword(password);
  await changePeople(ctx, { action: 'user invite', name, detail: { role } }, undefined, (tx) =>
    insertUser(ctx, tx, { name, role }, hash),
  );
  return { password };
}
