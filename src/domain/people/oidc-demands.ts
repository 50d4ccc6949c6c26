/** How a provider of OpenID Connect has to have asked its user. Absent: as it likes. */
export type OidcDemands = Readonly<{
  /** One of these has to be its `acr`. */
  acr?: readonly string[] | undefined;
  /** One of these has to be among its `amr`. */
  amr?: readonly string[] | undefined;
  /** So long ago at most. */
  maxAgeMs?: number | undefined;
}>;

/** How it has asked them, as far as it tells. */
export type OidcProof = Readonly<{ acr: string | null; amr: readonly string[]; askedAt: Date | null }>;

/** What a login has too little of: strength, means, or any word of when its user was asked; or it was asked too long ago. */
export type OidcLack = 'acr' | 'amr' | 'auth_time' | 'age';

/** Its clock may be off by as much. */
const toleranceMs = 30_000;

/** What the proof lacks of what is demanded of a login at that moment; `undefined`: nothing. */
export function lackOf({ acr, amr, askedAt }: OidcProof, demands: OidcDemands, at: Date): OidcLack | undefined {
  if (demands.acr && (acr === null || !demands.acr.includes(acr))) return 'acr';
  if (demands.amr && !demands.amr.some((one) => amr.includes(one))) return 'amr';
  if (demands.maxAgeMs === undefined) return undefined;
  if (askedAt === null) return 'auth_time';
  return at.getTime() - askedAt.getTime() > demands.maxAgeMs + toleranceMs ? 'age' : undefined;
}
