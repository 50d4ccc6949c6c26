import type { IncomingHttpHeaders } from 'node:http';
import type { Accepted, Endpoint } from './accepted.js';
import type { Assumptions } from './assumptions.js';
import { checkCsv } from './check-csv.js';
import { checkClientFields, checkSendFields, checkUploadFields, echoInstant } from './check-request.js';
import type { ParsedBody } from './read-request.js';

export type Answer = { readonly status: number; readonly body: object };
/** Whether anything was recorded goes with the answer, since some faults strike only what was accepted. */
export type Outcome = Answer & { readonly accepted: boolean };

export type Provider = {
  readonly accepted: Accepted;
  readonly assumptions: Assumptions;
  /** Undefined: any value that is not empty. */
  readonly appId: string | undefined;
  readonly secretKey: string | undefined;
};

export type ProviderRequest = {
  readonly endpoint: Endpoint;
  readonly headers: IncomingHttpHeaders;
  readonly body: ParsedBody;
  /** When its first byte came in: what is slow here doesn't make a `started_at` past. */
  readonly receivedAt: Date;
};

/** Checks a request as Qiscus is held to, records it when it passes, and says what Qiscus would say. */
export function answerRequest(provider: Provider, request: ProviderRequest): Outcome {
  if (!mayEnter(provider, request.headers)) {
    return {
      accepted: false,
      status: 401,
      body: { errors: { message: 'Qiscus-App-Id or Qiscus-Secret-Key is wrong' } },
    };
  }
  if (!request.body.ok) return refusal(provider, request.body.reason);
  switch (request.endpoint) {
    case 'upload':
      return answerUpload(provider, request.body.fields, request.body.file);
    case 'send':
      return answerSend(provider, request.body.fields, request.receivedAt);
    case 'client':
      return answerClient(provider, request.body.fields, request.receivedAt);
  }
}

export function failedLogAnswer(provider: Provider, request: ProviderRequest, notes: string): Outcome {
  if (!mayEnter(provider, request.headers) || !request.body.ok) return answerRequest(provider, request);
  const fields = checkClientFields(request.body.fields, request.receivedAt, provider.assumptions);
  if (!fields.ok) return refusal(provider, fields.reason);
  const jobId = provider.accepted.takeId();
  const log = { ...logOf(provider, fields.value, request.receivedAt), status: 'failed', notes };
  return { accepted: false, status: 200, body: clientBody(jobId, log, fields.value) };
}

export function mayEnter(provider: Provider, headers: IncomingHttpHeaders): boolean {
  return matches(headers['qiscus-app-id'], provider.appId) && matches(headers['qiscus-secret-key'], provider.secretKey);
}

function matches(given: string | string[] | undefined, wanted: string | undefined): boolean {
  if (typeof given !== 'string' || given === '') return false;
  return wanted === undefined || given === wanted;
}

function answerUpload(provider: Provider, fields: unknown, file: Uint8Array | undefined): Outcome {
  const checked = checkUploadFields(fields);
  if (!checked.ok) return refusal(provider, checked.reason);
  if (file === undefined) return refusal(provider, 'file: must be a file');
  const csv = checkCsv(file, checked.value.separator, provider.assumptions);
  if (!csv.ok) return refusal(provider, csv.reason);
  const id = provider.accepted.addFile({
    header: csv.header,
    numbers: csv.numbers,
    separator: checked.value.separator,
    templateDetailId: checked.value.template_detail_id,
    bytes: file,
  });
  return {
    accepted: true,
    status: 200,
    body: {
      broadcast_file_id: id,
      current_balance: { credits: '0', free_session: 1000, quota: 857 },
      estimation_charge: { credit: 0, free_session: csv.numbers.length, quota: 0 },
    },
  };
}

function answerSend(provider: Provider, fields: unknown, receivedAt: Date): Outcome {
  const checked = checkSendFields(fields, receivedAt, provider.accepted, provider.assumptions);
  if (!checked.ok) return refusal(provider, checked.reason);
  const { name, broadcast_file_id, template_detail_id, started_at } = checked.value;
  const job = provider.accepted.addBroadcast({
    fileId: broadcast_file_id,
    name,
    templateDetailId: template_detail_id,
    startedAt: started_at ?? null,
    receivedAt,
  });
  const broadcastJob = {
    canceled_at: null,
    canceled_by: null,
    channel_id: 534,
    channel_name: 'Siaran sandbox',
    created_at: receivedAt.toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss'.length),
    id: job.id,
    language: 'id',
    name,
    started_at: echoInstant(started_at, receivedAt),
    status: 4,
    template_detail_id,
    template_id: 191,
    template_name: 'sandbox_template',
    total_failed: null,
    total_read: null,
    total_received: null,
    total_recipient: job.recipients,
    total_sent: null,
    user: { name: 'Sandbox' },
  };
  return { accepted: true, status: 200, body: { data: { broadcast_job: broadcastJob }, status: 200 } };
}

function answerClient(provider: Provider, body: unknown, receivedAt: Date): Outcome {
  const checked = checkClientFields(body, receivedAt, provider.assumptions);
  if (!checked.ok) return refusal(provider, checked.reason);
  const fields = checked.value;
  const job = provider.accepted.addMessage({
    number: fields.phone_number,
    name: fields.name,
    templateDetailId: fields.template_detail_id,
    startedAt: fields.started_at ?? null,
    receivedAt,
  });
  return {
    accepted: true,
    status: 200,
    body: clientBody(job.id, logOf(provider, fields, receivedAt), fields),
  };
}

type ClientFields = Extract<ReturnType<typeof checkClientFields>, { ok: true }>['value'];

function logOf(provider: Provider, fields: ClientFields, receivedAt: Date): object {
  return {
    id: provider.accepted.takeId(),
    message_id: null,
    notes: null,
    phone_number: fields.phone_number,
    sent_at: echoInstant(fields.started_at, receivedAt),
    status: 'scheduled',
    // Text, as in Qiscus's own example.
    variables: JSON.stringify(fields.variables),
  };
}

/** `name` is the template's in Qiscus's own example, not the broadcast's. */
function clientBody(jobId: number, log: object, fields: ClientFields): object {
  return {
    data: {
      broadcast_job_id: jobId,
      broadcast_logs: [log],
      language: fields.language,
      name: fields.template_name,
      namespace: fields.namespace,
    },
    status: 200,
  };
}

function refusal(provider: Provider, reason: string): Outcome {
  const body = provider.assumptions.refuseWithErrorsObject ? { errors: { message: reason } } : { error: reason };
  return { accepted: false, status: 422, body };
}
