import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { type Asker, ofUser } from '../../pipeline/people/passwords.js';
import { isYoung, keepSealed, readSealed, type SealedCookie } from './sealed-cookie.js';

const known = z.object({ who: z.string(), at: z.coerce.date() });

const cookie: SealedCookie = { name: 'siaran_known', seconds: 30 * 86_400, sameSite: 'strict' };

/** Notes that a user came in with this browser: whatever others of its network do, they can come in again. */
export async function keepKnown(
  ctx: Pick<Context, 'db'>,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
): Promise<void> {
  await keepSealed(ctx, request, reply, { cookie, value: { who: ofUser(name).who, at: new Date() } });
}

/** The user who came in last with this browser, if that was within 30 days. */
export async function knownFrom(ctx: Pick<Context, 'db'>, request: FastifyRequest): Promise<Asker | undefined> {
  const { data } = known.safeParse(await readSealed(ctx, request, cookie));
  return data && isYoung(data.at, cookie) ? { who: data.who, isKnown: true } : undefined;
}
