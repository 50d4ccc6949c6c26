import type { OidcDemands } from '../domain/people/oidc-demands.js';
import { type Proxies, proxyTo } from './proxies.js';

/** A provider of OpenID Connect by which users come into the admin, and the client that Siaran is there. */
export type OidcConfig = Readonly<{
  issuer: string;
  clientId: string;
  clientSecret: string;
  demands?: OidcDemands;
  /** The one on the way to an address that the provider names. */
  proxyTo?: (address: string) => string | undefined;
}>;

type Given = Readonly<Record<string, string | undefined>>;

const needed = [
  'SIARAN_OIDC_ISSUER',
  'SIARAN_OIDC_CLIENT_ID',
  'SIARAN_OIDC_CLIENT_SECRET',
  'SIARAN_ADMIN_URL',
] as const;

const demanding = ['SIARAN_OIDC_ACR', 'SIARAN_OIDC_AMR', 'SIARAN_OIDC_MAX_AGE'] as const;

/** What is missing where a part of it is set, and where people have to show a second factor. */
export function oidcFaults(given: Given): string[] {
  const parts = [...needed.slice(0, 3), ...demanding];
  if (parts.every((name) => given[name] === undefined)) return [];
  const isWeak = given.SIARAN_SECOND_FACTOR === 'required' && !given.SIARAN_OIDC_ACR && !given.SIARAN_OIDC_AMR;
  const weak = `SIARAN_SECOND_FACTOR is required, and neither SIARAN_OIDC_ACR nor SIARAN_OIDC_AMR is set: say by which acr or amr the provider tells that it has asked for a second factor, such as SIARAN_OIDC_AMR=mfa,otp,hwk`;
  const missing = needed.filter((name) => given[name] === undefined);
  const set = parts.find((name) => given[name] !== undefined);
  const faults = missing.map(
    (name) => `${name} is not set, and ${set} is: coming in by OpenID Connect needs ${needed.join(', ')}`,
  );
  return isWeak ? [...faults, weak] : faults;
}

/** Whether a provider may be asked without encryption: on this machine only. */
export function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

/** What the environment says of it, once each variable is read. */
type Read = {
  SIARAN_OIDC_ISSUER?: string | undefined;
  SIARAN_OIDC_CLIENT_ID?: string | undefined;
  SIARAN_OIDC_CLIENT_SECRET?: string | undefined;
  SIARAN_OIDC_ACR?: readonly string[] | undefined;
  SIARAN_OIDC_AMR?: readonly string[] | undefined;
  SIARAN_OIDC_MAX_AGE?: number | undefined;
};

export function readOidc(read: Read, proxies: Proxies): OidcConfig | undefined {
  const { SIARAN_OIDC_ISSUER: issuer, SIARAN_OIDC_CLIENT_ID: clientId, SIARAN_OIDC_CLIENT_SECRET: clientSecret } = read;
  if (!issuer || !clientId || !clientSecret) return undefined;
  const { SIARAN_OIDC_ACR: acr, SIARAN_OIDC_AMR: amr, SIARAN_OIDC_MAX_AGE: maxAgeMs } = read;
  return {
    issuer,
    clientId,
    clientSecret,
    demands: { acr, amr, maxAgeMs },
    proxyTo: (address) => proxyTo(address, proxies),
  };
}
