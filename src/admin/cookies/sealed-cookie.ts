import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../context.js';
import { seal, unseal } from '../../domain/sealed.js';
import { findDigestKey } from '../../store/installation.js';
import { cameByHttps } from './session-cookie.js';

/** A cookie that a browser keeps and can't read, and for how long. */
export type SealedCookie = { name: string; seconds: number; sameSite: 'lax' | 'strict' };

/** Sealed, so that nobody can make one up, or change what it says. */
export async function keepSealed(
  { db }: Pick<Context, 'db'>,
  request: FastifyRequest,
  reply: FastifyReply,
  { cookie, value }: { cookie: SealedCookie; value: object },
): Promise<void> {
  const text = seal(await findDigestKey(db), purposeOf(cookie), JSON.stringify(value));
  void reply.setCookie(nameOf(request, cookie), text, { ...optionsOf(request, cookie), maxAge: cookie.seconds });
}

/** What it says; `undefined`: there is none, or it was not made here. */
export async function readSealed(
  { db }: Pick<Context, 'db'>,
  request: FastifyRequest,
  cookie: SealedCookie,
): Promise<unknown> {
  const text = request.cookies[nameOf(request, cookie)];
  if (text === undefined) return undefined;
  const unsealed = unseal(await findDigestKey(db), purposeOf(cookie), text);
  return unsealed === undefined ? undefined : JSON.parse(unsealed);
}

/** Takes it from the browser. */
export function dropSealed(request: FastifyRequest, reply: FastifyReply, cookie: SealedCookie): void {
  void reply.clearCookie(nameOf(request, cookie), optionsOf(request, cookie));
}

/** Whether it is still good: a browser may keep one for longer than it was told. */
export function isYoung(at: Date, { seconds }: SealedCookie): boolean {
  return at.getTime() > Date.now() - seconds * 1_000;
}

function purposeOf({ name }: SealedCookie): string {
  return `cookie ${name}`;
}

function nameOf(request: FastifyRequest, { name }: SealedCookie): string {
  return cameByHttps(request) ? `__Host-${name}` : name;
}

function optionsOf(request: FastifyRequest, { sameSite }: SealedCookie) {
  return { path: '/', httpOnly: true, sameSite, secure: cameByHttps(request) } as const;
}
