import type * as OpenIdClient from 'openid-client';
import type { OidcConfig, OidcDemands } from '../../config/oidc.js';
import { fetchThrough } from '../../tunnel.js';

/** Where the provider sends browsers back to, below the admin's address. */
export const openIdPath = '/login/openid';

/** What a browser keeps between going to the provider and coming back. */
export type Begun = { state: string; nonce: string; verifier: string };

/** Whom the provider has let in. `email`: only if it vouches for it. */
export type Arrival = { issuer: string; subject: string; email: string | undefined };

const timeoutSeconds = 10;

/** The provider has let somebody in whom it has asked for less than the configuration demands. */
export class WeakLogin extends Error {}

/** The provider has let somebody in whom it has asked longer ago than the configuration demands. */
export class LateLogin extends Error {}

/** A provider of OpenID Connect: authorization code with PKCE, state and nonce. The package that speaks with it is loaded with the first login. */
export class OpenIdProvider {
  readonly #config: OidcConfig;
  readonly #redirect: string;
  #found: Promise<OpenIdClient.Configuration> | undefined;

  constructor(config: OidcConfig, adminUrl: string) {
    this.#config = config;
    this.#redirect = adminUrl + openIdPath;
  }

  /** Its name, for people. */
  get host(): string {
    return new URL(this.#config.issuer).host;
  }

  /** @returns where the browser is to go, and what it is to keep until it comes back @throws when the provider can't be reached */
  async begin(): Promise<Begun & { url: string }> {
    const client = await import('openid-client');
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const { acr, maxAge } = this.#demands;
    const url = client.buildAuthorizationUrl(await this.#find(client), {
      redirect_uri: this.#redirect,
      scope: 'openid email',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(acr && { acr_values: acr.join(' ') }),
      ...(maxAge !== undefined && { max_age: String(maxAge) }),
    });
    return { state, nonce, verifier, url: url.href };
  }

  /**
   * Who has come back. Issuer, audience, signature, age and nonce of what the provider says are checked, and how it has asked them.
   * @param query the whole of it, as the browser brought it
   * @throws {WeakLogin} @throws {LateLogin} @throws when the provider refuses, lies, or can't be reached
   */
  async end(query: string, { state, nonce, verifier }: Begun): Promise<Arrival> {
    const client = await import('openid-client');
    const config = await this.#find(client);
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    const { maxAge } = this.#demands;
    if (maxAge !== undefined) Object.assign(checks, { maxAge });
    const tokens = await client
      .authorizationCodeGrant(config, new URL(this.#redirect + query), checks)
      .catch((error: unknown) => {
        throw isLate(error) ? new LateLogin('the provider asked its user too long ago', { cause: error }) : error;
      });
    const claims = tokens.claims();
    if (!claims) throw new Error('the provider sent no ID token');
    refuseWeak(claims, this.#demands);
    const { iss: issuer, sub: subject } = claims;
    // Some tell the address in the ID token, others only to whom asks for it.
    const told = claims.email === undefined ? await client.fetchUserInfo(config, tokens.access_token, subject) : claims;
    const isVouchedFor = typeof told.email === 'string' && told.email_verified === true;
    return { issuer, subject, email: isVouchedFor ? (told.email as string) : undefined };
  }

  get #demands(): OidcDemands & { maxAge: number | undefined } {
    const demands = this.#config.demands ?? {};
    const { maxAgeMs } = demands;
    return { ...demands, maxAge: maxAgeMs === undefined ? undefined : Math.ceil(maxAgeMs / 1_000) };
  }

  /** Asked for once; again if that failed. */
  #find(client: typeof OpenIdClient): Promise<OpenIdClient.Configuration> {
    this.#found ??= this.#discover(client).catch((error) => {
      this.#found = undefined;
      throw error;
    });
    return this.#found;
  }

  #discover(client: typeof OpenIdClient): Promise<OpenIdClient.Configuration> {
    const { issuer, clientId, clientSecret, proxyTo } = this.#config;
    // The signature is checked although the token comes from the provider itself.
    const execute = [client.enableNonRepudiationChecks];
    if (issuer.startsWith('http:')) execute.push(client.allowInsecureRequests);
    const options: OpenIdClient.DiscoveryRequestOptions = { execute, timeout: timeoutSeconds };
    if (proxyTo) options[client.customFetch] = fetchThrough(proxyTo, timeoutSeconds * 1_000);
    return client.discovery(new URL(issuer), clientId, clientSecret, undefined, options);
  }
}

/** Whether the only thing wrong is when the provider asked its user. */
function isLate(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { cause?: { claim?: unknown } } };
  return code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED' && cause?.cause?.claim === 'auth_time';
}

/** @throws {WeakLogin} */
function refuseWeak({ acr, amr }: Readonly<Record<string, unknown>>, demands: OidcDemands): void {
  if (demands.acr && !demands.acr.some((one) => one === acr))
    throw new WeakLogin(`the provider's acr is none of ${demands.acr.join(', ')}`);
  const means: readonly unknown[] = Array.isArray(amr) ? amr : [];
  if (demands.amr && !demands.amr.some((one) => means.includes(one)))
    throw new WeakLogin(`the provider's amr has none of ${demands.amr.join(', ')}`);
}
