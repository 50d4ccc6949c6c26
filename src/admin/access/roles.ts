import type { Actor } from '../../config/admin-token.js';
import type { Attention } from '../../pipeline/views/attention.js';
import type { ActorKind } from '../../store/audit-log.js';

/** May start, stop and settle what goes out. */
export function mayChange({ role }: Actor): boolean {
  return role === 'operator' || role === 'approver' || role === 'owner';
}

/** May let a run go out that somebody else has started. */
export function mayApprove({ role }: Actor): boolean {
  return role === 'approver' || role === 'owner';
}

/** Lets people in, gives them roles, and sees and ends the sessions of others. */
export function managesPeople({ role }: Actor): boolean {
  return role === 'owner';
}

/** Sees phone numbers in full, and the ids that have one in them. */
export function seesNumbers(actor: Actor): boolean {
  return mayChange(actor);
}

/** Sees what is written in messages to each person: names, amounts, links, one-time codes. */
export function seesValues({ role }: Actor): boolean {
  return role !== 'viewer';
}

/** May ask what became of a number. To those who see values it would tell whose they are. */
export function mayLookUp(actor: Actor): boolean {
  return seesNumbers(actor) || !seesValues(actor);
}

/** The role as it stands in a sentence. */
export function roleWords({ role }: Actor): string {
  return `${/^[ao]/.test(role) ? 'an' : 'a'} ${role}`;
}

/** Where a campaign's recipients come from, of which a query or a path is for operators only. */
export function audienceFor(actor: Actor, audience: string): string {
  return mayChange(actor) ? audience : `${audience.split(':', 1)}:…`;
}

/** Why a firing failed, and its run was given up, which may quote a value of the audience. */
export function reasonOfFiringFor(actor: Actor, reason: string): string {
  return seesValues(actor) ? reason : upToQuote(reason);
}

/**
 * Postgres quotes the value that it stumbled over as it is, quotes in it as well, and a long message is cut: so nothing after the
 * first quote can be told from the value.
 */
export function upToQuote(reason: string): string {
  return reason.replace(/["«»„“”].*/s, '"…"');
}

/** What needs a person, with why a campaign's audience couldn't be read as a person of that role may know it. */
export function attentionFor(actor: Actor, attention: readonly Attention[]): Attention[] {
  return attention.map((each) => ({
    ...each,
    reason: each.reason === null || each.kind !== 'failing' ? each.reason : reasonOfFiringFor(actor, each.reason),
  }));
}

/** Why a row was rejected, which quotes what is wrong with it. */
export function reasonOfRowFor(actor: Actor, reason: string): string {
  return seesValues(actor) ? reason : reason.replace(/"(?:[^"\\]|\\.)*"?/gs, '"…"');
}

/** Whoever asks, as an entry names them. */
export function auditActor({ name, isUser }: Actor): { actor: string; actorKind: ActorKind } {
  return { actor: name, actorKind: isUser ? 'user' : 'token' };
}
