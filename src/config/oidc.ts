/** A provider of OpenID Connect by which users come into the admin, and the client that Siaran is there. */
export type OidcConfig = Readonly<{ issuer: string; clientId: string; clientSecret: string }>;

type Given = Readonly<Record<string, string | undefined>>;

const needed = [
  'SIARAN_OIDC_ISSUER',
  'SIARAN_OIDC_CLIENT_ID',
  'SIARAN_OIDC_CLIENT_SECRET',
  'SIARAN_ADMIN_URL',
] as const;

/** What is missing where a part of it is set. */
export function oidcFaults(given: Given): string[] {
  const parts = needed.slice(0, 3);
  if (parts.every((name) => given[name] === undefined)) return [];
  const missing = needed.filter((name) => given[name] === undefined);
  const set = parts.find((name) => given[name] !== undefined);
  return missing.map(
    (name) => `${name} is not set, and ${set} is: coming in by OpenID Connect needs ${needed.join(', ')}`,
  );
}

/** Whether a provider may be asked without encryption: on this machine only. */
export function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

export function readOidc(
  issuer: string | undefined,
  clientId: string | undefined,
  clientSecret: string | undefined,
): OidcConfig | undefined {
  return issuer && clientId && clientSecret ? { issuer, clientId, clientSecret } : undefined;
}
