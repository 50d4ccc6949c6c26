import type { FastifyReply, FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Context } from '../../context.js';
import { seal, unseal } from '../../domain/sealed.js';
import { findDigestKey } from '../../store/installation.js';
import { cameByHttps } from '../access/session-cookie.js';

const pending = z.object({
  ...{ state: z.string(), nonce: z.string(), verifier: z.string(), next: z.string() },
  isAgain: z.boolean(),
  begunAt: z.coerce.date(),
  who: z.string().optional(),
});

/** What a browser keeps while it is at the provider. `who`: whom it belongs to, if somebody came in with it lately. */
type PendingLogin = z.infer<typeof pending>;

const known = z.object({ who: z.string(), at: z.coerce.date() });

type Kept = { name: string; seconds: number; sameSite: 'lax' | 'strict' };

/** So long somebody may take at the provider. Lax: the browser comes back from another site. */
const ofPending: Kept = { name: 'siaran_openid', seconds: 600, sameSite: 'lax' };
const ofKnown: Kept = { name: 'siaran_known', seconds: 30 * 86_400, sameSite: 'strict' };

/** Sealed, so that nobody can make one up, or change what they have begun. */
export async function keepPending(ctx: Context, request: FastifyRequest, reply: FastifyReply, login: PendingLogin) {
  await keep(ctx, request, reply, ofPending, login);
}

/** What the browser has begun, if it is not too long ago; it is taken from it. */
export async function takePending(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<PendingLogin | undefined> {
  void reply.clearCookie(nameOf(request, ofPending), optionsOf(request, ofPending));
  const { data } = pending.safeParse(await read(ctx, request, ofPending));
  return data && isYoung(data.begunAt, ofPending) ? data : undefined;
}

/** Notes that somebody came in with this browser: whatever others of its address do, they can come in again. */
export async function keepKnown(ctx: Context, request: FastifyRequest, reply: FastifyReply, who: string) {
  await keep(ctx, request, reply, ofKnown, { who, at: new Date() });
}

/** Who came in last with this browser. */
export async function knownFrom(ctx: Context, request: FastifyRequest): Promise<string | undefined> {
  const { data } = known.safeParse(await read(ctx, request, ofKnown));
  return data && isYoung(data.at, ofKnown) ? data.who : undefined;
}

async function keep({ db }: Context, request: FastifyRequest, reply: FastifyReply, kept: Kept, value: object) {
  const text = seal(await findDigestKey(db), purposeOf(kept), JSON.stringify(value));
  void reply.setCookie(nameOf(request, kept), text, { ...optionsOf(request, kept), maxAge: kept.seconds });
}

async function read({ db }: Context, request: FastifyRequest, kept: Kept): Promise<unknown> {
  const text = request.cookies[nameOf(request, kept)];
  if (text === undefined) return undefined;
  const unsealed = unseal(await findDigestKey(db), purposeOf(kept), text);
  return unsealed === undefined ? undefined : JSON.parse(unsealed);
}

function isYoung(at: Date, { seconds }: Kept): boolean {
  return at.getTime() > Date.now() - seconds * 1_000;
}

function purposeOf({ name }: Kept): string {
  return `cookie ${name}`;
}

function nameOf(request: FastifyRequest, { name }: Kept): string {
  return cameByHttps(request) ? `__Host-${name}` : name;
}

function optionsOf(request: FastifyRequest, { sameSite }: Kept) {
  return { path: '/', httpOnly: true, sameSite, secure: cameByHttps(request) } as const;
}
