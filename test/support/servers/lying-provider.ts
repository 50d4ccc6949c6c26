import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What this provider says otherwise than it should; nothing: it tells the truth. */
export type Lie = {
  claims?: Record<string, unknown>;
  issuerOfItself?: string;
  isForged?: boolean;
  /** Unsigned, or signed with the secret that its client has. */
  algorithm?: 'none' | 'HS256';
  /** It answers with 503. */
  isAway?: boolean;
};

/** A provider of OpenID Connect that says of somebody whatever a test wants, and signs it. */
export async function startLiar(
  { id: clientId, secret }: { id: string; secret: string },
  person: Record<string, unknown>,
) {
  const [own, other] = [keyPair(), keyPair()];
  const liar = {
    issuer: '',
    lie: {} as Lie,
    nonce: '',
    tokensAsked: 0,
    answers: Promise.resolve(),
    close: async () => {},
  };
  const server = createServer((request, response) => {
    void liar.answers.then(() => {
      if (liar.lie.isAway) return response.writeHead(503).end();
      const body = bodies[request.url?.split('?')[0] ?? '']?.();
      response.writeHead(body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  liar.issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  liar.close = () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  const now = () => Math.floor(Date.now() / 1_000);
  const bodies: Record<string, () => object> = {
    '/.well-known/openid-configuration': () => ({
      issuer: liar.lie.issuerOfItself ?? liar.issuer,
      authorization_endpoint: `${liar.issuer}/authorize`,
      token_endpoint: `${liar.issuer}/token`,
      jwks_uri: `${liar.issuer}/keys`,
    }),
    '/keys': () => ({ keys: [{ ...own.publicKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] }),
    '/token': () => {
      liar.tokensAsked += 1;
      const claims = { iss: liar.issuer, aud: clientId, iat: now(), exp: now() + 60, nonce: liar.nonce, ...person };
      const key = liar.lie.isForged ? other.privateKey : own.privateKey;
      const told = { ...claims, ...liar.lie.claims };
      const { algorithm } = liar.lie;
      const id_token = algorithm === undefined ? signed(told, key) : unsigned(told, algorithm, secret);
      return { access_token: 'x', token_type: 'Bearer', id_token };
    },
  };
  return liar;
}

function keyPair(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

function signed(claims: object, key: KeyObject): string {
  const text = textOf({ alg: 'RS256', kid: 'one' }, claims);
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

function unsigned(claims: object, alg: 'none' | 'HS256', secret: string): string {
  const text = textOf({ alg }, claims);
  return `${text}.${alg === 'none' ? '' : createHmac('sha256', secret).update(text).digest('base64url')}`;
}

function textOf(...parts: object[]): string {
  return parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
}
