import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../../config/admin-token.js';
import { unstorableIn } from '../../domain/text/unstorable.js';
import type { Database } from '../../store/postgres/database.js';
import { sessionOf } from '../cookies/session-cookie.js';
import { type Problem, problem, sendProblem, wantsPage } from '../problem.js';
import type { Access } from './access.js';
import { SharedAllowance } from './allowance.js';
import { insteadOfLink, linkIsOld, ownPath } from './login-page.js';
import type { RefusedLogins } from './refused-logins.js';
import { managesPeople, mayApprove, mayChange, mayLookUp, roleWords, seesNumbers } from './roles.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who acts. Set by the guard before any handler that isn't public is called. */
    actor: Actor;
    /** Whether they are still in, in the same role: either can end while a request is under way. */
    isStillIn(): Promise<boolean>;
  }
  interface FastifyContextConfig {
    /** Needs no login, as the login page. */
    public?: true;
    /** Is for operators although it changes nothing: it asks about a change, or costs something. */
    operator?: true;
    /** Is for those who may approve runs. */
    approver?: true;
    /** Is about people and what they may: for owners, to look at too. */
    owner?: true;
    /** Is for everybody although it changes something: it is about what is their own. */
    own?: true;
    /** Is for a browser's session: a program's token changes nothing of how its person comes in. */
    byBrowser?: true;
    /** Is for those too who have to set up codes before anything else. */
    withoutCodes?: true;
    /** Changes nothing although it is posted: what is asked for has a number in it, which is to stand in no address. */
    looks?: true;
    /** Asks about one number: changes nothing, is kept in the audit log, and is for few times a minute where numbers are masked. */
    lookUp?: true;
    /** Shows a list of numbers, or rows of one's choice: that somebody who sees numbers asks for it is kept in the audit log, as this. */
    shows?: 'list suppressions' | 'preview';
    /** Of what it is asked with nothing stands in the audit log, not even masked. */
    tellsNothing?: true;
    /** Takes a body of any length, for as long as it comes. */
    streams?: true;
  }
}

/** Of one person: who asks for more is undoing a mask, digit by digit. */
const mostLookUps = { times: 30, withinMs: 60_000 };

const safeMethods = ['GET', 'HEAD', 'OPTIONS'];

/** Whether the request would change something. */
export function isChange({ method, routeOptions }: FastifyRequest): boolean {
  return !safeMethods.includes(method) && !routeOptions.config.looks && !routeOptions.config.lookUp;
}

/** Refuses requests without a known token, changes by viewers, and requests that another site makes through a browser. */
export function guard(app: FastifyInstance, db: Database, access: Access, refused: RefusedLogins): void {
  app.decorateRequest('actor');
  app.decorateRequest('isStillIn');
  const lookUps = new SharedAllowance(db, 'look up', mostLookUps);
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.public) return;
    const actor = await actorOf(request, access);
    if (!actor) return refuseStranger(request, reply, refused);
    if (actor.lacksCodes && !request.routeOptions.config.withoutCodes) return askForCodes(request, reply);
    request.actor = actor;
    request.isStillIn = async () => (await actorOf(request, access, false))?.role === actor.role;
    const { own, owner, operator, approver, lookUp, byBrowser } = request.routeOptions.config;
    const isForOperators = (isChange(request) && !own) || operator === true;
    if (isForOperators && !mayChange(actor)) return refuseRole(reply, actor, 'can change nothing');
    if (approver && !mayApprove(actor)) return refuseRole(reply, actor, 'approves nothing');
    if (owner && !managesPeople(actor)) return refuseRole(reply, actor, 'manages no people');
    // What is an owner's, and what is one's own, is how people come in.
    if (actor.isLongIn && isChange(request) && (owner || own)) return askAgain(request, reply);
    // Where people need a second factor, no token goes round it by what lets somebody in.
    const isByBrowser = byBrowser || (owner && isChange(request) && access.needsCodes);
    if (isByBrowser && bearerOf(request) !== undefined)
      return sendProblem(reply, problem(403, 'ROLE', 'This is done in a browser: a token of a program can not do it.'));
    if (lookUp && !mayLookUp(actor)) return refuseRole(reply, actor, 'looks nobody up');
    if (lookUp && !seesNumbers(actor)) {
      const { isTooOften, waitMs } = await lookUps.take(`${actor.isUser ? 'user' : 'token'} ${actor.name}`);
      if (isTooOften) return sendProblem(reply, tooManyLookUps(waitMs));
    }
    if (!safeMethods.includes(request.method) && isFromElsewhere(request)) return refuseElsewhere(reply);
  });
}

/** Answers a request that another site made through a browser. */
export function refuseElsewhere(reply: FastifyReply): FastifyReply {
  return sendProblem(reply, problem(403, 'CROSS_SITE', 'This request came from another site. Nothing was done.'));
}

function refuseRole(reply: FastifyReply, actor: Actor, what: string): FastifyReply {
  return sendProblem(reply, problem(403, 'ROLE', `${actor.name} is ${roleWords(actor)} and ${what}.`));
}

function tooManyLookUps(waitMs: number): Problem {
  const retryAfterSeconds = Math.ceil(waitMs / 1_000);
  const detail = `You may look up ${mostLookUps.times} numbers a minute. Try again in ${retryAfterSeconds} s.`;
  return { ...problem(429, 'TOO_MANY_LOOK_UPS', detail), retryAfterSeconds };
}

export async function actorOf(
  request: FastifyRequest,
  access: Access,
  // Browsers tell what a page's scripts ask for: to have a page open is not to use it.
  isUse = request.headers['sec-fetch-dest'] !== 'empty',
): Promise<Actor | undefined> {
  if (bearerOf(request) !== undefined) return programOf(request, access);
  const session = sessionOf(request);
  return session === undefined ? undefined : access.actorOfSession(session, isUse);
}

/** Who asks without a browser's session. */
export async function programOf(request: FastifyRequest, access: Access): Promise<Actor | undefined> {
  const bearer = bearerOf(request);
  return bearer === undefined ? undefined : access.actorOfProgram(bearer);
}

/** The token that a program shows. */
export function bearerOf({ headers }: FastifyRequest): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** Whether a browser says that the page which asks is another site's. Programs that are no browsers say nothing of it. */
export function isFromElsewhere({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const { origin, host } = headers;
  if (origin === undefined) return false;
  return !URL.canParse(origin) || new URL(origin).host !== host;
}

async function refuseStranger(
  request: FastifyRequest,
  reply: FastifyReply,
  refused: RefusedLogins,
): Promise<FastifyReply> {
  const tooMany = bearerOf(request) === undefined ? undefined : await refused.add('bearer', request.ip);
  if (tooMany) return sendProblem(reply, tooMany);
  if (request.method === 'GET' && wantsPage(request))
    return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303);
  void reply.header('WWW-Authenticate', 'Bearer realm="siaran"');
  return sendProblem(reply, problem(401, 'UNAUTHENTICATED', 'Send a token: Authorization: Bearer TOKEN.'));
}

function askForCodes(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (request.method === 'GET' && wantsPage(request)) return reply.redirect('/account', 303);
  return sendProblem(
    reply,
    problem(403, 'SECOND_FACTOR', 'Set up codes for your password first, on the page /account. Nothing was done.'),
  );
}

/** After it they are on the page again that they have asked from. */
function askAgain(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (wantsPage(request))
    return reply.redirect(`/login?again=yes&next=${encodeURIComponent(ownPath(refererOf(request)))}`, 303);
  const detail = request.actor.isByLink
    ? `${linkIsOld} ${insteadOfLink} Nothing was done.`
    : 'You have shown more than 15 minutes ago who you are. Log in again (/login?again=yes). Nothing was done.';
  return sendProblem(reply, problem(403, 'LOG_IN_AGAIN', detail));
}

function refererOf({ headers: { referer, host } }: FastifyRequest): string | undefined {
  if (referer === undefined || !URL.canParse(referer)) return undefined;
  const from = new URL(referer);
  return from.host === host ? from.pathname + from.search : undefined;
}

/** `undefined`: nested so deep that nobody can go down into it. */
function written(body: object): string | undefined {
  try {
    return JSON.stringify(body);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Postgres stores neither NUL nor half of a character, and nothing that is asked for has any: they are refused here, wherever they stand. */
export function refuseUnstorable(app: FastifyInstance): void {
  const refuse = (reply: FastifyReply, what: string) => {
    reply.request.faults = [what];
    return sendProblem(reply, problem(400, 'USAGE', what));
  };
  app.addHook('onRequest', async (request, reply) => {
    if (/%00|\0/.test(request.url)) return refuse(reply, 'There is a NUL character in it.');
  });
  app.addHook('preValidation', async ({ body }, reply) => {
    const isPlain = typeof body === 'object' && body !== null && !(Symbol.asyncIterator in body);
    if (!isPlain) return;
    const text = written(body);
    if (text === undefined) return refuse(reply, 'It is nested too deep.');
    const found = unstorableIn(text);
    if (found === 'NUL') return refuse(reply, 'There is a NUL character in it.');
    if (found)
      return refuse(reply, 'There is half a character in it (a lone surrogate): it was cut or wrongly decoded.');
  });
}
