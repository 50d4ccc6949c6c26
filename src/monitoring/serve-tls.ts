import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ServerOptions } from 'node:http';
import type { Server } from 'node:https';
import { createSecureContext } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Context } from '../context.js';
import { messageOf, SiaranError } from '../errors.js';

type Files = NonNullable<Context['config']['tls']>;

/** Older ones are broken, and nobody needs them. */
const minVersion = 'TLSv1.2';

/** A client that begins no TLS holds a connection for so long. */
const handshakeTimeout = 10_000;

/** How often it is looked for another certificate: those that renew themselves do so days before the old one ends. */
const everyMs = 5_000;

/**
 * What a server is built with: https, if the configuration names a certificate.
 * @throws {SiaranError} `TLS` if it can't be used
 */
export function howServed({ config: { tls } }: Pick<Context, 'config'>, http: ServerOptions): { http: ServerOptions } {
  if (!tls) return { http };
  // Fastify's types make another server of it. What is done with it is the same.
  return { https: { ...http, ...readPair(tls), minVersion, handshakeTimeout } } as unknown as { http: ServerOptions };
}

/** Takes another certificate as soon as it stands in the files, for connections that begin from then on. One that can't be used is logged, and the old one stays. */
export function renewTls(app: FastifyInstance, { config: { tls }, logger }: Pick<Context, 'config' | 'logger'>): void {
  if (!tls) return;
  // It is one, as `howServed` has made it.
  const server = app.server as unknown as Server;
  let last = written(tls);
  const timer = setInterval(() => {
    const now = written(tls);
    if (now === last) return;
    last = now;
    try {
      server.setSecureContext({ ...readPair(tls), minVersion });
      logger.info({ file: tls.certFile }, 'another TLS certificate is used from now on');
    } catch (error) {
      logger.error({ err: messageOf(error) }, 'the TLS certificate was not changed');
    }
  }, everyMs).unref();
  app.addHook('onClose', async () => clearInterval(timer));
}

/** What stands in both files now; what can't be read is nothing, until it can. */
function written({ certFile, keyFile }: Files): string {
  return [certFile, keyFile].map((path) => orNothing(() => readFileSync(path, 'utf8'))).join('\n');
}

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** @throws {SiaranError} `TLS`, which quotes nothing of either file */
export function readPair({ certFile, keyFile }: Files): { cert: Buffer; key: Buffer } {
  try {
    const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    // Node takes a key of another kind than the certificate's, and fails each handshake then.
    if (!new X509Certificate(pair.cert).checkPrivateKey(createPrivateKey(pair.key)))
      throw new Error('the key is not that of the certificate');
    createSecureContext(pair);
    return pair;
  } catch (cause) {
    const message = `TLS can't be served with SIARAN_TLS_CERT_FILE (${certFile}) and SIARAN_TLS_KEY_FILE (${keyFile}): ${messageOf(cause)}`;
    throw new SiaranError('TLS', message, { cause });
  }
}
