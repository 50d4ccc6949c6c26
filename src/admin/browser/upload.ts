/** What the server says of a draft, as far as an upload needs it. */
type SeenDraft = {
  id: string;
  version: number;
  source: {
    kind: string;
    uploadId?: string;
    bytes?: number | null;
    receivedBytes?: number;
    isComplete?: boolean;
  } | null;
};

/** Tells whoever waits how far it is. @param share of the whole, from 0 to 1 */
type Tell = (text: string, share?: number) => void;

/** The server takes it in no case, and says why. */
export class UploadRefused extends Error {}

/** So much before the rest shows the server whether it is the same file still. */
const bytesBefore = 300;

const stalledAfterMs = 30_000;
const longestWaitMs = 30_000;

/**
 * Brings a list to the server. What is there doesn't go a second time: after a break it goes on from where the server says that it ends.
 * @returns where the draft goes on
 */
export async function uploadList(form: HTMLFormElement, file: File, tell: Tell): Promise<string> {
  const draft = await begin(form, file);
  let offset = draft.source?.receivedBytes ?? 0;
  for (let broken = 0; ; broken += 1) {
    try {
      const done = await sendRest(draft, file, offset, (sent) => {
        broken = 0;
        tell(progressWords(sent, file.size), sent / file.size);
      });
      if (done.source?.isComplete) break;
    } catch (error) {
      if (error instanceof UploadRefused) {
        // The next try begins anew.
        forget(draft);
        throw error;
      }
      tell('The connection broke off. It goes on by itself as soon as the server can be reached.');
      await sleep(Math.min(longestWaitMs, 1_000 * 2 ** broken));
    }
    const now = await ask<SeenDraft>('GET', `/api/v1/drafts/${draft.id}`).catch((error: unknown) => {
      if (error instanceof UploadRefused) throw error;
    });
    if (!now) continue;
    if (now.source?.uploadId !== draft.source?.uploadId)
      throw new UploadRefused('Somebody has given this draft another list meanwhile. Load the page again.');
    if (now.source?.isComplete) break;
    offset = now.source?.receivedBytes ?? 0;
  }
  forget(draft);
  return `/drafts/${draft.id}`;
}

/** The draft with an upload of this file: a new one, or the one that this browser has begun, also before the page was loaded again. */
async function begin(form: HTMLFormElement, file: File): Promise<SeenDraft> {
  const { draft: known } = form.dataset;
  const field = (name: string) => form.querySelector<HTMLInputElement>(`[name="${name}"]`);
  const id = known ?? (await create(form, field('name')?.value ?? ''));
  const draft = await ask<SeenDraft>('GET', `/api/v1/drafts/${id}`);
  // A file that was changed since must not be joined to the beginning of what it was before.
  if (draft.source?.isComplete === false && isBegunWith(draft, file)) return draft;
  const version = known === undefined ? draft.version : Number(field('version')?.value ?? draft.version);
  const next = await ask<SeenDraft>('POST', `/api/v1/drafts/${id}/file`, {
    version,
    fileName: file.name,
    bytes: file.size,
  });
  remember(next, file);
  const seen = field('version');
  if (seen) seen.value = String(next.version);
  return next;
}

/** A second try goes on with the same draft. */
async function create(form: HTMLFormElement, name: string): Promise<string> {
  const { id } = await ask<SeenDraft>('POST', '/api/v1/drafts', { name: name.trim() });
  form.dataset.draft = id;
  history.replaceState(null, '', `/drafts/${id}/recipients`);
  return id;
}

/** Which file an upload is of: kept by the browser, as the server knows no more of it than its name and length. */
const keyOf = ({ source }: SeenDraft) => `siaran upload ${source?.uploadId ?? ''}`;

function remember(draft: SeenDraft, file: File): void {
  // A browser may keep nothing: then a page that is loaded again begins anew.
  try {
    localStorage.setItem(keyOf(draft), looksOf(file));
  } catch {}
}

function isBegunWith(draft: SeenDraft, file: File): boolean {
  try {
    return localStorage.getItem(keyOf(draft)) === looksOf(file) && draft.source?.bytes === file.size;
  } catch {
    return false;
  }
}

function forget(draft: SeenDraft): void {
  try {
    localStorage.removeItem(keyOf(draft));
  } catch {}
}

/** Not its name, which may say something of the people in it. */
function looksOf({ size, lastModified }: File): string {
  return `${size} ${lastModified}`;
}

/** Sends what the server doesn't have. It fails if nothing moves for half a minute. */
async function sendRest(
  { id, source }: SeenDraft,
  file: File,
  offset: number,
  told: (sent: number) => void,
): Promise<SeenDraft> {
  const before = new Uint8Array(await file.slice(Math.max(0, offset - bytesBefore), offset).arrayBuffer());
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    let timer: number | undefined;
    const isAlive = () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => request.abort(), stalledAfterMs);
    };
    request.open('PUT', `/api/v1/drafts/${id}/file?uploadId=${source?.uploadId ?? ''}`);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('Upload-Offset', String(offset));
    if (offset > 0) request.setRequestHeader('Upload-Before', btoa(String.fromCharCode(...before)));
    request.upload.addEventListener('progress', ({ loaded }) => {
      isAlive();
      told(offset + loaded);
    });
    for (const kind of ['error', 'abort', 'timeout'] as const)
      request.addEventListener(kind, () => reject(new Error('the connection broke off')));
    request.addEventListener('load', () => {
      const { status, responseText } = request;
      try {
        resolve(read<SeenDraft>(status, responseText));
      } catch (error) {
        // Where the server has more or less of it than was thought, the next look tells.
        reject(status === 409 ? new Error('another offset') : error);
      }
    });
    request.addEventListener('loadend', () => clearTimeout(timer));
    isAlive();
    request.send(file.slice(offset));
  });
}

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(path, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(stalledAfterMs),
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  return read<T>(response.status, await response.text());
}

/** @throws {UploadRefused} for what would be refused again; anything else may be better the next time */
function read<T>(status: number, text: string): T {
  if (status >= 200 && status < 300) return JSON.parse(text) as T;
  if (status < 400 || status >= 500 || status === 408 || status === 429) throw new Error(`answered with ${status}`);
  throw new UploadRefused(detailOf(text) ?? `The server refuses it (${status}).`);
}

function detailOf(text: string): string | undefined {
  try {
    const { detail } = JSON.parse(text) as { detail?: string };
    return detail;
  } catch {
    return undefined;
  }
}

function progressWords(sent: number, size: number): string {
  const mega = (bytes: number) => (bytes / 1_000_000).toFixed(1);
  if (sent >= size) return 'All of it is sent; its first line is being read.';
  return `${mega(sent)} of ${mega(size)} MB`;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
