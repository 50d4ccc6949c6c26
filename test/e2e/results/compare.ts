import { isDeepStrictEqual } from 'node:util';
import { byCode, type Counts, countOf, fateOf, type Message } from './oracle.js';
import { type Setting, withToken } from './setting.js';

/** What Siaran says: of `siaran results`, with words and more besides. */
type Told = Omit<Counts, 'reasons'> & { reasons: (Counts['reasons'][number] & { meaning: string })[] };
type ToldCampaign = Told & { firings: (Omit<Counts, 'reasons'> & { at: string; runId: string })[] };
type Exported = {
  phone_number: string;
  delivery_status: string | null;
  message_id: string | null;
  code: number | null;
};

export const campaign = 'Winter';

/** Whatever is wrong with what Siaran says of these runs: by the command line, over HTTP, and message by message. */
export async function compareRuns(
  setting: Setting,
  runIds: readonly string[],
  forgotten: ReadonlySet<string> = new Set(),
): Promise<string[]> {
  const messages = setting.messages();
  const wrongs: string[] = [];
  for (const runId of runIds) {
    const own = messages.filter((message) => message.runId === runId);
    const expected = countOf(own);
    const said = {
      results: await setting.ask<Told>('results', runId),
      run: (await setting.ask<{ messages: Told }>('run', runId)).messages,
      http: await getJson<Told>(setting, `/api/v1/runs/${runId}/results`),
    };
    for (const [where, told] of Object.entries(said))
      wrongs.push(...differences(`${where} of ${runId}`, expected, countsIn(told)));
    wrongs.push(...(await compareExport(setting, runId, own, forgotten)));
    const { ok, breaches } = await setting.ask<{ ok: boolean; breaches: object[] }>('verify', runId);
    if (!ok) wrongs.push(`verify of ${runId}: ${JSON.stringify(breaches.slice(0, 3))}`);
  }
  return wrongs;
}

/** Of the campaign, whose firings started these runs. */
export async function compareCampaign(setting: Setting, runIds: readonly string[]): Promise<string[]> {
  const messages = setting.messages();
  const all = countOf(messages.filter(({ runId }) => runIds.includes(runId)));
  const firings = Object.fromEntries(
    runIds.map((runId) => [runId, withoutReasons(countOf(messages.filter((each) => each.runId === runId)))]),
  );
  const said = {
    results: await setting.ask<ToldCampaign>('results', '--campaign', campaign),
    http: await getJson<ToldCampaign>(setting, `/api/v1/campaigns/${campaign}/results`),
  };
  return Object.entries(said).flatMap(([where, told]) => [
    ...differences(`${where} of the campaign`, all, countsIn(told)),
    ...differences(
      `firings in ${where}`,
      firings,
      Object.fromEntries(told.firings.map(({ at: _at, runId, ...counts }) => [runId, counts])),
    ),
  ]);
}

async function compareExport(
  setting: Setting,
  runId: string,
  messages: readonly Message[],
  forgotten: ReadonlySet<string>,
): Promise<string[]> {
  const rows = await setting.ask<Exported[]>('export', runId);
  const exported = new Map(rows.map((row) => [row.phone_number, row]));
  const wrong = messages.filter((message) => {
    const { isTold, shown, code } = fateOf(message);
    const row = exported.get(message.number);
    if (forgotten.has(message.number)) return row !== undefined;
    const told = row && [row.delivery_status, row.message_id, row.code];
    return !isDeepStrictEqual(told, isTold ? [shown, message.messageId, code] : [null, null, null]);
  });
  const [first] = wrong;
  if (!first) return [];
  const row = JSON.stringify(exported.get(first.number));
  return [`export of ${runId}: ${wrong.length} messages are wrong, such as ${JSON.stringify(first)}: ${row}`];
}

function withoutReasons({ reasons: _reasons, ...counts }: Counts): Omit<Counts, 'reasons'> {
  return counts;
}

function countsIn(told: Told): Counts {
  const { handedOver, sent, delivered, read, failed, failedAfterDelivered, unanswered, inferred } = told;
  const reasons = told.reasons.map(({ code, count, afterDelivered }) => ({ code, count, afterDelivered })).sort(byCode);
  return { handedOver, sent, delivered, read, failed, failedAfterDelivered, unanswered, inferred, reasons };
}

async function getJson<T>({ admin }: Setting, path: string): Promise<T> {
  const response = await fetch(`${admin}${path}`, { headers: withToken });
  if (!response.ok) throw new Error(`${path} was answered with ${response.status}`);
  return JSON.parse(await response.text()) as T;
}

/** What is told otherwise than expected, if anything. */
export function differences(what: string, expected: object, told: object): string[] {
  const [right, said] = [new Map(Object.entries(expected)), new Map(Object.entries(told))];
  const names = [...new Set([...right.keys(), ...said.keys()])];
  const wrong = names.filter((name) => !isDeepStrictEqual(right.get(name), said.get(name)));
  return wrong.map((name) => `${what}: ${name} is ${show(said.get(name))}, and should be ${show(right.get(name))}`);
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 400) ?? 'not there';
}
