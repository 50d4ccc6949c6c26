import { type buildConnector, Client, FormData, Pool, request } from 'undici';
import type { ProviderConfig } from '../config/config.js';
import type { MessageTemplate, MessageValues } from '../domain/runs/message.js';
import type { Separator } from '../domain/runs/sending.js';
import { isError, messageOf } from '../errors.js';
import { connectorTo } from '../tunnel.js';
import type { HttpAnswer } from './answers.js';
import { readBody } from './read-body.js';

/**
 * What may have reached the provider when no answer came. `nothing`: no connection was established, so nothing was read
 * there. `withheld`: we decided not to write the request.
 */
export type NoAnswer = { reached: 'nothing' | 'withheld' | 'unknown'; error: string };

/**
 * One call that has ended, for metrics. `answer`: the HTTP status; without one `no_answer_` and what was reached;
 * `no_answer_withheld` was never written.
 */
export type ProviderCall = {
  endpoint: 'upload_csv' | 'send_broadcast' | 'client';
  answer: string;
  durationMs: number;
};

type UploadRequest = { csv: Buffer; fileName: string; templateDetailId: number; separator: Separator };
type SendRequest = {
  templateDetailId: number;
  broadcastFileId: number;
  name: string;
  separator: Separator;
  /** UTC with `Z`, or absent: sends now. */
  startedAt: string | undefined;
};

type MessageRequest = MessageValues &
  Omit<MessageTemplate, 'force'> & {
    channelId: number;
    templateDetailId: number;
    name: string;
    startedAt: string | undefined;
  };

/** Qiscus's broadcast API, as documented: one method a call, no retries, no redirects. */
export class Qiscus {
  readonly #provider: ProviderConfig;
  readonly #timeoutMs: number;
  readonly #pool: Pool;
  readonly #onCall: (call: ProviderCall) => void;

  constructor(
    provider: ProviderConfig,
    timeoutMs: number,
    connections: number,
    onCall: (call: ProviderCall) => void = () => {},
  ) {
    this.#provider = provider;
    this.#timeoutMs = timeoutMs;
    this.#onCall = onCall;
    const { origin } = new URL(provider.baseUrl);
    this.#pool = new Pool(origin, { ...this.#timeouts(), connections, connect: this.#connector() });
  }

  /** `POST upload_csv`, multipart, over a kept-alive pool: an upload that is lost or doubled sends nothing. */
  upload(upload: UploadRequest): Promise<HttpAnswer | NoAnswer> {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(upload.csv)], { type: 'text/csv' }), upload.fileName);
    form.append('template_detail_id', String(upload.templateDetailId));
    form.append('separator', upload.separator);
    return this.#told('upload_csv', async () => {
      try {
        return await this.#post(this.#pool, 'upload_csv', form, {});
      } catch (error) {
        return { reached: 'unknown', error: this.#describe(error) };
      }
    });
  }

  /** `POST send_broadcast`, JSON. @param mayStart as for `#postOnce`. */
  send(send: SendRequest, mayStart: () => boolean): Promise<HttpAnswer | NoAnswer> {
    const body = {
      template_detail_id: send.templateDetailId,
      broadcast_file_id: send.broadcastFileId,
      name: send.name,
      separator: send.separator,
      started_at: send.startedAt,
    };
    return this.#told('send_broadcast', () => this.#postOnce('send_broadcast', body, mayStart));
  }

  /** `POST client`, JSON: one message, without a file. @param mayStart as for `#postOnce`. */
  sendMessage(message: MessageRequest, mayStart: () => boolean): Promise<HttpAnswer | NoAnswer> {
    const body = {
      channel_id: message.channelId,
      name: message.name,
      template_name: message.templateName,
      template_detail_id: message.templateDetailId,
      namespace: message.namespace,
      language: message.language,
      variables: message.variables,
      phone_number: message.phoneNumber,
      started_at: message.startedAt,
      button_params: message.buttonParams.length > 0 ? message.buttonParams : undefined,
    };
    return this.#told('client', () => this.#postOnce('client', body, mayStart));
  }

  /** `GET hsm`: a page of the account's templates, the first is 1; observed, not documented. It changes nothing, and may be asked again. */
  async templates(page: number, limit: number): Promise<HttpAnswer | NoAnswer> {
    const path = `/api/v2/admin/hsm?page=${page}&limit=${limit}`;
    try {
      return await this.#ask(this.#pool, 'GET', path, undefined, {});
    } catch (error) {
      return { reached: 'unknown', error: this.#describe(error) };
    }
  }

  /** Whether anything answers at the base URL, whatever it says. For `doctor`. */
  async reach(): Promise<{ status: number } | NoAnswer> {
    try {
      const answer = await request(this.#provider.baseUrl, {
        method: 'HEAD',
        dispatcher: this.#pool,
        signal: AbortSignal.timeout(5_000),
      });
      await answer.body.dump();
      return { status: answer.statusCode };
    } catch (error) {
      return { reached: 'unknown', error: this.#describe(error) };
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  /** Makes a call and tells of it. What happens to the figures must not cost the answer. */
  async #told(
    endpoint: ProviderCall['endpoint'],
    call: () => Promise<HttpAnswer | NoAnswer>,
  ): Promise<HttpAnswer | NoAnswer> {
    const begun = performance.now();
    const answer = await call();
    try {
      const told = 'status' in answer ? String(answer.status) : `no_answer_${answer.reached}`;
      this.#onCall({ endpoint, answer: told, durationMs: performance.now() - begun });
    } catch {
      // A meter's fault is nothing to the answer: without it, a message that was sent would be unknown.
    }
    return answer;
  }

  /**
   * What must not be repeated goes on a connection of its own: only there does a failed connect prove that nothing was sent.
   * @param mayStart asked when the connection stands, just before the request is written; `false` sends nothing.
   */
  async #postOnce(call: string, body: object, mayStart: () => boolean): Promise<HttpAnswer | NoAnswer> {
    let reached: NoAnswer['reached'] = 'nothing';
    const connect = this.#connector();
    const client = new Client(new URL(this.#provider.baseUrl).origin, {
      ...this.#timeouts(),
      connect: (options, callback) =>
        connect(options, (...[error, socket]) => {
          if (error) return callback(error, null);
          if (!mayStart()) {
            reached = 'withheld';
            socket.destroy();
            return callback(new Error('the time to start the request had passed'), null);
          }
          reached = 'unknown';
          callback(null, socket);
        }),
    });
    try {
      return await this.#post(client, call, JSON.stringify(body), { 'Content-Type': 'application/json' });
    } catch (error) {
      return { reached, error: this.#describe(error) };
    } finally {
      await client.destroy();
    }
  }

  #post(
    dispatcher: Pool | Client,
    call: string,
    body: string | FormData,
    headers: Record<string, string>,
  ): Promise<HttpAnswer> {
    return this.#ask(dispatcher, 'POST', `/api/v3/admin/broadcast/${call}`, body, headers);
  }

  async #ask(
    dispatcher: Pool | Client,
    method: 'GET' | 'POST',
    path: string,
    body: string | FormData | undefined,
    headers: Record<string, string>,
  ): Promise<HttpAnswer> {
    const { baseUrl, appId, secretKey } = this.#provider;
    const answer = await request(`${baseUrl}${path}`, {
      method,
      dispatcher,
      headers: { ...headers, Accept: 'application/json', 'Qiscus-App-Id': appId, 'Qiscus-Secret-Key': secretKey },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(this.#timeoutMs),
    });
    const retryAfter = answer.headers['retry-after'];
    const text = this.#clean(await readBody(answer.body, answer.headers['content-encoding']));
    return { status: answer.statusCode, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter, text };
  }

  /** A provider may echo what it was sent. */
  #clean(text: string): string {
    return text.replaceAll(this.#provider.secretKey, '***');
  }

  #describe(error: unknown): string {
    if (!isError(error)) return this.#clean(String(error));
    const code = (error as { code?: unknown }).code;
    const cause = isError(error.cause) ? error.cause.message : '';
    const inner = 'errors' in error && Array.isArray(error.errors) ? error.errors.map(messageOf).join(', ') : '';
    return this.#clean([code, error.message || inner, cause].filter(Boolean).join(': ').slice(0, 500));
  }

  #timeouts(): { headersTimeout: number; bodyTimeout: number } {
    return { headersTimeout: this.#timeoutMs, bodyTimeout: this.#timeoutMs };
  }

  #connector(): buildConnector.connector {
    return connectorTo(this.#provider.proxy, Math.min(10_000, this.#timeoutMs));
  }
}
