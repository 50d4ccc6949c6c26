import { createHmac } from 'node:crypto';
import { Client, request } from 'undici';
import { basicCredentials } from '../basic-credentials.js';
import type { WebhookConfig } from '../config/config.js';
import { signingKey } from '../config/signing-key.js';
import { isError, messageOf } from '../errors.js';
import { connectorTo } from '../tunnel.js';

/** `id` stays the same however often a message is posted: its receiver knows by it what it has already. */
type WebhookMessage = { id: string; body: string };

/**
 * Posts a message, signed as https://www.standardwebhooks.com says, on a connection of its own. Redirects are not followed.
 * @param deadlineMs for all of it, connecting included.
 * @returns why it isn't known to have arrived; `undefined` when the receiver answered 2xx.
 */
export async function postMessage(
  webhook: WebhookConfig,
  message: WebhookMessage,
  deadlineMs: number,
): Promise<string | undefined> {
  const url = new URL(webhook.url);
  const credentials = basicCredentials(url);
  const client = new Client(url.origin, { connect: connectorTo(webhook.proxy, deadlineMs) });
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    const answer = await request(`${url.origin}${url.pathname}${url.search}`, {
      method: 'POST',
      dispatcher: client,
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'siaran',
        ...(credentials !== undefined && { Authorization: credentials }),
        ...signature(webhook.secret, message, new Date()),
      },
      body: message.body,
      signal,
    });
    // What it says besides doesn't matter, and may be endless.
    answer.body.on('error', () => {});
    return answer.statusCode >= 200 && answer.statusCode < 300 ? undefined : `HTTP ${answer.statusCode}`;
  } catch (error) {
    return signal.aborted ? `no answer within ${deadlineMs / 1000} s` : describe(error);
  } finally {
    await client.destroy();
  }
}

function signature(secret: string, { id, body }: WebhookMessage, now: Date): Record<string, string> {
  const key = signingKey(secret);
  if (!key) throw new Error('the secret of the webhook is not one that can sign');
  const timestamp = String(Math.floor(now.getTime() / 1000));
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest}` };
}

function describe(error: unknown): string {
  if (!isError(error)) return String(error);
  const code = (error as { code?: unknown }).code;
  // Of several addresses each has its own error.
  const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors.map(messageOf).join(', ') : '';
  return [code, error.message || inner].filter(Boolean).join(': ').slice(0, 200);
}
