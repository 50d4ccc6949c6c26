import { generateKeyPairSync } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** Somebody whom the provider knows. */
export type Account = { sub: string; email?: string; email_verified?: boolean };

/** A provider of OpenID Connect on this machine, which lets in whoever is said, without asking. */
export type LocalProvider = {
  issuer: string;
  /** Whom it lets in next. */
  account: Account;
  /** How it says that it has asked them; `ts`: when, in seconds. */
  asked: { acr?: string; amr?: string[]; ts?: number };
  close(): Promise<void>;
};

export const client = { id: 'siaran', secret: 'a secret that the two of them know' };

/** @param redirectUri where it sends browsers back to */
export async function startProvider(redirectUri: string): Promise<LocalProvider> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const local: LocalProvider = {
    issuer,
    account: { sub: 'nobody' },
    asked: {},
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] }],
    acrValues: ['silver', 'gold'],
    claims: { openid: ['sub', 'amr'], acr: null, auth_time: null, email: ['email', 'email_verified'] },
    cookies: { keys: ['of this test only'] },
    jwks: { keys: [{ ...key, use: 'sig', alg: 'RS256' } as never] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: async () => ({ ...local.account, sub }) }),
  });
  provider.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    const { params, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
    const accountId = local.account.sub;
    const grant =
      (grantId && (await provider.Grant.find(grantId))) || new provider.Grant({ accountId, clientId: client.id });
    grant.addOIDCScope(String(params.scope));
    const result = { login: { accountId, ...local.asked }, consent: { grantId: await grant.save() } };
    await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: false });
    ctx.respond = false;
  });
  const answer = provider.callback();
  server.on('request', (request, response) => void answer(request, response));
  return local;
}
