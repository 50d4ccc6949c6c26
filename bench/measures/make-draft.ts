/** Asks an API for JSON. @throws what it answers, unless it is done */
export type AskApi = (method: string, path: string, body?: object | string) => Promise<unknown>;

type Draft = { id: string; version: number; source: { uploadId: string } | null; check: { people: number } | null };

/** Makes a broadcast over HTTP as far as to its confirmation: a list of so many people, its template, and its check. Returns its id. */
export async function makeDraft(ask: AskApi, people: number): Promise<string> {
  const rows = Array.from({ length: people }, (_, at) => `62812${10_000_000 + at},Customer ${at}`);
  const list = `${['phone_number,body_variable1', ...rows].join('\n')}\n`;
  const { id, version } = (await ask('POST', '/drafts', { name: 'December' })) as Draft;
  const file = { version, fileName: 'december.csv', bytes: Buffer.byteLength(list) };
  const begun = (await ask('POST', `/drafts/${id}/file`, file)) as Draft;
  const here = (await ask('PUT', `/drafts/${id}/file?uploadId=${begun.source?.uploadId}`, list)) as Draft;
  const template = { templateDetailId: 172 };
  const chosen = (await ask('PATCH', `/drafts/${id}`, { version: here.version, template })) as Draft;
  const checked = (await ask('POST', `/drafts/${id}/check`, { version: chosen.version, waitMs: 30_000 })) as Draft;
  if (checked.check?.people !== people) throw new Error(`the draft came to ${JSON.stringify(checked)}`);
  return id;
}
