import type * as OpenIdClient from 'openid-client';
import type { OidcConfig } from '../../config/oidc.js';
import { lackOf, type OidcDemands, type OidcLack, type OidcProof } from '../../domain/people/oidc-demands.js';
import type { Subject } from '../../store/admin-subjects.js';
import { fetchThrough } from '../../tunnel.js';

/** Where the provider sends browsers back to, below the admin's address. */
export const openIdPath = '/login/openid';

/** A login that was begun. `isAgain`: its user has to show again who they are, and not before it was begun. */
type Begun = { state: string; nonce: string; verifier: string; isAgain: boolean; begunAt: Date };

/** Whom the provider has let in, and how. `email`: only if it vouches for it. */
type Arrival = { issuer: string; subject: string; email: string | undefined; proof: OidcProof };

const timeoutSeconds = 10;

/** The provider has let somebody in whom it has asked for less, or longer ago, than is demanded. */
export class WeakLogin extends Error {
  readonly lack: OidcLack;
  readonly who: Subject;

  constructor(lack: OidcLack, who: Subject) {
    super(`the provider did not ask its user as is demanded: ${lack}`);
    this.lack = lack;
    this.who = who;
  }
}

/**
 * Whether a login failed without an answer to what the browser brought: the provider did not let its user come that far, does not know
 * us, or was away. Whoever came back has done nothing wrong, and learns nothing by trying.
 */
export async function isUnanswered(error: unknown): Promise<boolean> {
  const { AuthorizationResponseError, ClientError, ResponseBodyError } = await import('openid-client');
  // What fetch throws if nobody answers.
  if (error instanceof AuthorizationResponseError || error instanceof TypeError) return true;
  if (error instanceof ResponseBodyError) return error.error === 'invalid_client';
  return (
    error instanceof ClientError && [undefined, 'OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_CONFORM'].includes(error.code)
  );
}

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
  async begin(isAgain: boolean): Promise<Begun & { url: string }> {
    const client = await import('openid-client');
    const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()];
    const { acr, maxAgeMs } = this.#demandsOf(isAgain);
    const url = client.buildAuthorizationUrl(await this.#find(client), {
      redirect_uri: this.#redirect,
      scope: 'openid email',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(acr && { acr_values: acr.join(' ') }),
      ...(maxAgeMs !== undefined && { max_age: String(Math.ceil(maxAgeMs / 1_000)) }),
    });
    return { state, nonce, verifier, isAgain, begunAt: new Date(), url: url.href };
  }

  /**
   * Who has come back. Issuer, audience, signature, age and nonce of what the provider says are checked, and how it has asked them.
   * @param query the whole of it, as the browser brought it
   * @throws {WeakLogin} @throws when the provider refuses, lies, or can't be reached
   */
  async end(query: string, { state, nonce, verifier, isAgain, begunAt }: Begun): Promise<Arrival> {
    const client = await import('openid-client');
    const config = await this.#find(client);
    const checks = { expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true };
    const tokens = await client.authorizationCodeGrant(config, new URL(this.#redirect + query), checks);
    const claims = tokens.claims();
    if (!claims) throw new Error('the provider sent no ID token');
    const proof = proofIn(claims);
    const { iss: issuer, sub: subject } = claims;
    // They may take their time at the provider: what counts is that it has not asked them before they went there.
    const lack = lackOf(proof, this.#demandsOf(isAgain), isAgain ? begunAt : new Date());
    if (lack) throw new WeakLogin(lack, { issuer, subject });
    // Some tell the address in the ID token, others only to whom asks for it.
    const told = claims.email === undefined ? await client.fetchUserInfo(config, tokens.access_token, subject) : claims;
    const isVouchedFor = typeof told.email === 'string' && told.email_verified === true;
    return { issuer, subject, email: isVouchedFor ? (told.email as string) : undefined, proof };
  }

  #demandsOf(isAgain: boolean): OidcDemands {
    const demands = this.#config.demands ?? {};
    // 0: to ask now. `prompt=login` would be the same in other words, which some providers refuse.
    return isAgain ? { ...demands, maxAgeMs: 0 } : demands;
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

function proofIn({ acr, amr, auth_time: seconds }: Readonly<Record<string, unknown>>): OidcProof {
  const askedAt = typeof seconds === 'number' ? new Date(seconds * 1_000) : null;
  return {
    acr: typeof acr === 'string' ? acr : null,
    amr: Array.isArray(amr) ? amr.filter((one) => typeof one === 'string') : [],
    askedAt: askedAt && Number.isNaN(askedAt.getTime()) ? null : askedAt,
  };
}
