import type * as OpenIdClient from 'openid-client';
import type { OidcConfig } from '../../config/oidc.js';

/** Where the provider sends browsers back to, below the admin's address. */
export const openIdPath = '/login/openid';

/** What a browser keeps between going to the provider and coming back. */
export type Begun = { state: string; nonce: string; verifier: string };

/** Whom the provider has let in. `email`: only if it vouches for it. */
export type Arrival = { issuer: string; subject: string; email: string | undefined };

const timeoutSeconds = 10;

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
    const url = client.buildAuthorizationUrl(await this.#find(client), {
      redirect_uri: this.#redirect,
      scope: 'openid email',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return { state, nonce, verifier, url: url.href };
  }

  /**
   * Who has come back. Issuer, audience, signature, age and nonce of what the provider says are checked.
   * @param query the whole of it, as the browser brought it
   * @throws when the provider refuses, lies or can't be reached
   */
  async end(query: string, { state, nonce, verifier }: Begun): Promise<Arrival> {
    const client = await import('openid-client');
    const config = await this.#find(client);
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(config, new URL(this.#redirect + query), checks);
    const claims = tokens.claims();
    if (!claims) throw new Error('the provider sent no ID token');
    const { iss: issuer, sub: subject } = claims;
    // Some tell the address in the ID token, others only to whom asks for it.
    const told = claims.email === undefined ? await client.fetchUserInfo(config, tokens.access_token, subject) : claims;
    const isVouchedFor = typeof told.email === 'string' && told.email_verified === true;
    return { issuer, subject, email: isVouchedFor ? (told.email as string) : undefined };
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
    const { issuer, clientId, clientSecret } = this.#config;
    // The signature is checked although the token comes from the provider itself.
    const execute = [client.enableNonRepudiationChecks];
    if (issuer.startsWith('http:')) execute.push(client.allowInsecureRequests);
    return client.discovery(new URL(issuer), clientId, clientSecret, undefined, { execute, timeout: timeoutSeconds });
  }
}
