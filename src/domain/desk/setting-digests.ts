import { createHash } from 'node:crypto';

const kinds = ['calendar', 'audience', 'account', 'variable'] as const;

/** Of what decides when, whether and to whom something is sent, and that each process reads for itself. */
export type SettingKind = (typeof kinds)[number];

/** A setting of a process: what it is, its name, and a digest of its value. */
export type SettingDigest = readonly [kind: SettingKind, name: string, digest: string];

/** Beyond so many names of a kind, they are told as one, by this name. */
const mostNamed = 500;
export const manyAsOne = '(all)';

/** Texts of more characters are no digests that a worker has told. */
export const longestDigests = 500_000;

/** The digests of named settings. No secret may be among their values: who can read Redis could guess a short one. */
export function digestEach(kind: SettingKind, named: ReadonlyMap<string, unknown>): SettingDigest[] {
  const sorted = [...named].sort(([one], [other]) => (one < other ? -1 : 1));
  if (sorted.length > mostNamed) return [[kind, manyAsOne, digest(sorted)]];
  return sorted.map(([name, value]) => [kind, name, digest(value)]);
}

function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value) ?? 'unset')
    .digest('base64url')
    .slice(0, 16);
}

/** What a worker has told of its settings; `undefined`: nothing that can be read, as an older one. */
export function readDigests(text: string): SettingDigest[] | undefined {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Array.isArray(told) && told.every(isDigest) ? told : undefined;
}

function isDigest(told: unknown): told is SettingDigest {
  return (
    Array.isArray(told) &&
    told.length === 3 &&
    told.every((part) => typeof part === 'string') &&
    kinds.some((kind) => kind === told[0])
  );
}
