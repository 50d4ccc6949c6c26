import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { SiaranError } from '../../errors.js';

/** As OWASP has it: 32 MB and a quarter of a second for each guess. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 } as const;
const keyBytes = 32;

/** Each takes 32 MB and a core: strangers must not take up the machine with names that are none. */
const atOnce = 2;

/** Of strangers, and of those who are known: neither take the places of the others. */
const mostWaiting = 20;

/** Of one network or user at a time, and of the larger network that theirs is a part of. */
const [mostOfEach, mostWidely] = [3, 6];

/**
 * Who asks about a password. `who`: their network, or the user who they are. `widely`: the larger network that theirs is a part of.
 * `isKnown`: they are no stranger, so they go before those who are.
 */
export type Asker = { who: string; widely?: string; isKnown?: true };

/** A user who has shown that it is they: lately with this browser, or by a link that an owner has made for them. */
export function ofUser(name: string): Asker {
  return { who: `user ${name}`, isKnown: true };
}

/** What is kept of a password: `scrypt$N$r$p$SALT$KEY`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** The same for whoever comes from outside. @throws {SiaranError} `UNAVAILABLE`: too many ask at the same time */
export function hashInTurn(password: string, asker: Asker): Promise<string> {
  return inTurn(asker, () => hashPassword(password));
}

/**
 * @param asker whose guess it is: one who sends many of them keeps nobody else out
 * @param hash absent: there is no such person, which takes as long to find out
 * @throws {SiaranError} `UNAVAILABLE`: too many ask at the same time
 */
export async function isPassword(password: string, hash: string | undefined, asker: Asker): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = (hash ?? '').split('$');
  const costs = hash === undefined ? cost : { N: Number(N), r: Number(r), p: Number(p), maxmem: cost.maxmem };
  const derived = await inTurn(asker, () => derive(password, Buffer.from(salt, 'base64url'), costs));
  const known = Buffer.from(key, 'base64url');
  return hash !== undefined && known.length === derived.length && timingSafeEqual(derived, known);
}

function derive(
  password: string,
  salt: Buffer,
  costs: typeof cost | { N: number; r: number; p: number; maxmem: number },
) {
  return new Promise<Buffer>((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, keyBytes, costs, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

let running = 0;
const waiting = { known: [] as (() => void)[], strangers: [] as (() => void)[] };
const asking = new Map<string, number>();

async function inTurn<T>(asker: Asker, work: () => Promise<T>): Promise<T> {
  const queue = asker.isKnown ? waiting.known : waiting.strangers;
  const bounds = boundsOf(asker);
  if (queue.length >= mostWaiting || bounds.some(([who, most]) => (asking.get(who) ?? 0) >= most))
    throw new SiaranError('UNAVAILABLE', 'Too many log in at the moment; try again.');
  for (const [who] of bounds) count(who, 1);
  try {
    if (running >= atOnce) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    return await work().finally(goOn);
  } finally {
    for (const [who] of bounds) count(who, -1);
  }
}

function boundsOf({ who, widely }: Asker): [who: string, most: number][] {
  return widely === undefined
    ? [[who, mostOfEach]]
    : [
        [who, mostOfEach],
        [widely, mostWidely],
      ];
}

function count(who: string, more: number): void {
  const times = (asking.get(who) ?? 0) + more;
  if (times > 0) asking.set(who, times);
  else asking.delete(who);
}

/** Whoever is known has not to wait for strangers. */
function goOn(): void {
  const next = waiting.known.shift() ?? waiting.strangers.shift();
  if (next) next();
  else running -= 1;
}
