import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { dropSealed, isYoung, keepSealed, readSealed, type SealedCookie } from '../cookies/sealed-cookie.js';

const pending = z.object({
  ...{ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() },
  isAgain: z.boolean(),
  begunAt: z.coerce.date(),
  who: z.string().optional(),
});

/** What a browser keeps while it is at the provider. `who`: whom it belongs to, if somebody came in with it lately. */
type PendingLogin = z.infer<typeof pending>;

/** So long somebody may take at the provider. Lax: the browser comes back from another site. */
const cookie: SealedCookie = { name: 'siaran_openid', seconds: 600, sameSite: 'lax' };

/** Notes what the browser has begun. */
export async function keepPending(ctx: Context, request: FastifyRequest, reply: FastifyReply, login: PendingLogin) {
  await keepSealed(ctx, request, reply, { cookie, value: login });
}

/** What the browser has begun, if it is not too long ago; it is taken from it. */
export async function takePending(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<PendingLogin | undefined> {
  dropSealed(request, reply, cookie);
  const { data } = pending.safeParse(await readSealed(ctx, request, cookie));
  return data && isYoung(data.begunAt, cookie) ? data : undefined;
}
