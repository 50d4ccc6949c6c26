import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { SiaranError } from '../../errors.js';

/** As OWASP has it: 32 MB and a quarter of a second for each guess. */
const cost = { N: 2 ** 15, r: 8, p: 3, maxmem: 2 ** 26 } as const;
const keyBytes = 32;

/** Each takes 32 MB and a core: strangers must not take up the machine with names that are none. */
const [atOnce, mostWaiting, mostOfOneAddress] = [2, 20, 3];

/** What is kept of a password: `scrypt$N$r$p$SALT$KEY`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, cost);
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** The same for whoever comes from outside. @param from the network that asks @throws {SiaranError} `UNAVAILABLE`: too many ask at the same time */
export function hashInTurn(password: string, from: string): Promise<string> {
  return inTurn(from, () => hashPassword(password));
}

/**
 * @param from where the guess comes from: one that sends many of them keeps nobody else out
 * @param hash absent: there is no such person, which takes as long to find out
 * @throws {SiaranError} `UNAVAILABLE`: too many ask at the same time
 */
export async function isPassword(password: string, hash: string | undefined, from: string): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = (hash ?? '').split('$');
  const costs = hash === undefined ? cost : { N: Number(N), r: Number(r), p: Number(p), maxmem: cost.maxmem };
  const derived = await inTurn(from, () => derive(password, Buffer.from(salt, 'base64url'), costs));
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
const waiting: (() => void)[] = [];
const fromEach = new Map<string, number>();

async function inTurn<T>(from: string, work: () => Promise<T>): Promise<T> {
  const itsOwn = fromEach.get(from) ?? 0;
  if (itsOwn >= mostOfOneAddress || waiting.length >= mostWaiting)
    throw new SiaranError('UNAVAILABLE', 'Too many log in at the moment; try again.');
  fromEach.set(from, itsOwn + 1);
  try {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    return await work().finally(goOn);
  } finally {
    const left = (fromEach.get(from) ?? 1) - 1;
    if (left > 0) fromEach.set(from, left);
    else fromEach.delete(from);
  }
}

function goOn(): void {
  const next = waiting.shift();
  if (next) next();
  else running -= 1;
}
