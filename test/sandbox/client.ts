import { Agent, FormData, request } from 'undici';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/server.js';

export const BROADCAST = '/api/v3/admin/broadcast';
export const TWO_ROWS = 'phone_number,customer_name,body_variable1\n628111111111,Ani,10\n628222222222,Budi,20\n';
export const KEYS = { 'Qiscus-App-Id': 'app', 'Qiscus-Secret-Key': 'secret' };

export const ONE_JOB = { files: 1, jobs: 1, recipients: 2 };
export const FILE_ONLY = { files: 1, jobs: 0, recipients: 0 };

export type Reply = {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  json: unknown;
};
export type Headers = Record<string, string>;

export type Client = {
  readonly sandbox: Sandbox;
  upload(csv: string | Uint8Array, fields?: Record<string, string>, headers?: Headers): Promise<Reply>;
  /** Uploads and gives the file's id. */
  file(csv?: string, fields?: Record<string, string>): Promise<number>;
  send(body: Record<string, unknown>, headers?: Headers): Promise<Reply>;
  sendForm(fields: Record<string, string>): Promise<Reply>;
  message(body: Record<string, unknown>, headers?: Headers): Promise<Reply>;
  call(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: string, headers?: Headers): Promise<Reply>;
  close(): Promise<void>;
};

export async function openClient(options: SandboxOptions = {}): Promise<Client> {
  const sandbox = await startSandbox(options);
  const dispatcher = new Agent();

  async function call(method: string, path: string, body?: string | FormData, headers: Headers = {}): Promise<Reply> {
    const answer = await request(`${sandbox.url}${path}`, {
      method,
      headers,
      dispatcher,
      ...(body === undefined ? {} : { body }),
    });
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text, json: jsonOf(text) };
  }
  function post(path: string, body: Record<string, unknown>, headers: Headers = {}): Promise<Reply> {
    return call('POST', path, JSON.stringify(body), { ...KEYS, 'Content-Type': 'application/json', ...headers });
  }
  async function upload(csv: string | Uint8Array, fields: Record<string, string> = {}, headers: Headers = KEYS) {
    const form = formOf({ template_detail_id: '172', separator: ',', ...fields });
    form.set('file', new File([csv], 'recipients.csv', { type: 'text/csv' }));
    return call('POST', `${BROADCAST}/upload_csv`, form, headers);
  }

  return {
    sandbox,
    call,
    upload,
    file: async (csv = TWO_ROWS, fields = {}) => {
      const reply = await upload(csv, fields);
      return numberIn(reply.json, 'broadcast_file_id');
    },
    send: (body, headers) => post(`${BROADCAST}/send_broadcast`, body, headers),
    sendForm: (fields) => call('POST', `${BROADCAST}/send_broadcast`, formOf(fields), KEYS),
    message: (body, headers) => post(`${BROADCAST}/client`, body, headers),
    close: async () => {
      await dispatcher.destroy();
      await sandbox.close();
    },
  };
}

export function sendBody(fileId: number, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    template_detail_id: 172,
    broadcast_file_id: fileId,
    name: '[r7k2m-0001.1] Invoices',
    separator: ',',
    ...more,
  };
}

export function messageBody(more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    channel_id: 534,
    name: 'Invoice of Ani',
    template_name: 'invoice_update',
    template_detail_id: 172,
    namespace: '6616bb93_d895_41e7_8bbe_2c528219e56e',
    language: 'id',
    variables: ['Ani', 'Rp. 30.000'],
    phone_number: '628111111111',
    ...more,
  };
}

/** The head of a send, up to its body. */
export function headersOf(body: string): string {
  return [
    `POST ${BROADCAST}/send_broadcast HTTP/1.1`,
    'Host: sandbox',
    'Qiscus-App-Id: a',
    'Qiscus-Secret-Key: b',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '\r\n',
  ].join('\r\n');
}

/** What the sandbox has accepted so far. */
export function acceptedBy({ sandbox }: Client): { files: number; jobs: number; recipients: number } {
  const { files, jobs, recipients } = sandbox.accepted.summary();
  return { files, jobs, recipients };
}

/** The value under `path` in an answer, which has to be a number. */
export function numberIn(json: unknown, ...path: string[]): number {
  const value = path.reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), json);
  if (typeof value !== 'number') throw new TypeError(`no number at ${path.join('.')} in ${JSON.stringify(json)}`);
  return value;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
