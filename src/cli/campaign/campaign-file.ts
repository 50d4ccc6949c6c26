import { parse } from 'yaml';
import { readSmallFile } from '../../config/files/small-file.js';
import type { CampaignRequest } from '../../domain/campaigns/campaign.js';
import type { CampaignChanges } from '../../domain/campaigns/campaign-changes.js';
import { showMasked } from '../../domain/numbers/mask-number.js';
import { isError, UsageError } from '../../errors.js';

/** The settings that a campaign's file may have, named as the library names them. */
const kinds = {
  name: 'text',
  template: 'text',
  templateDetailId: 'number',
  columns: 'list',
  map: 'mapping',
  ignoreColumns: 'list',
  separator: 'text',
  values: 'text',
  maxRejected: 'number or text',
  retryAfterFailure: 'codes, after and times',
  account: 'text',
  audience: 'text',
  schedule: 'text',
  often: 'yes or no',
  timeZone: 'text',
  skipDates: 'list',
  calendar: 'text',
  prepareAhead: 'text',
  catchUp: 'text',
  approvalAbove: 'number',
  approveOnce: 'yes or no',
  tooLateAfter: 'text',
  channelId: 'number',
  pace: 'text',
  window: 'text',
  windowDays: 'text',
  dailyLimit: 'number',
  handOver: 'text',
  first: 'number',
  delivery: 'text',
  templateName: 'text',
  namespace: 'text',
  language: 'text',
  force: 'yes or no',
} as const satisfies Record<
  keyof CampaignRequest,
  'text' | 'number' | 'number or text' | 'list' | 'mapping' | 'codes, after and times' | 'yes or no'
>;

const largestFile = 1_000_000;

/** Reads a campaign's settings from YAML, of which JSON is a part. @throws {UsageError} that names what is wrong. */
export async function readCampaignFile(path: string): Promise<Partial<CampaignRequest>> {
  return (await readSettings(path, false)) as Partial<CampaignRequest>;
}

/** As `readCampaignFile`; a setting that is `null` is to be taken away. */
export async function readChangesFile(path: string): Promise<CampaignChanges> {
  return (await readSettings(path, true)) as CampaignChanges;
}

async function readSettings(path: string, mayBeNull: boolean): Promise<Record<string, unknown>> {
  const document = parseDocument(path, readText(path));
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new UsageError(`${path} must be a mapping of settings, such as "name: Weekly reminders" on a line.`);
  const faults: string[] = [];
  const settings: Record<string, unknown> = {};
  for (const [written, value] of Object.entries(document)) {
    const name = nameOf(written);
    if (!isSetting(name)) {
      faults.push(`${showMasked(written)} is not a setting; the settings are ${Object.keys(kinds).join(', ')}`);
      continue;
    }
    const fault = mayBeNull && value === null ? undefined : faultOf(kinds[name], value);
    if (fault === undefined) settings[name] = value;
    else faults.push(`${written} is ${showMasked(JSON.stringify(value) ?? '')}; it must be ${fault}`);
  }
  if (faults.length > 0) throw new UsageError(`${path}:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
  return settings;
}

function readText(path: string): string {
  try {
    const text = readSmallFile(path, largestFile);
    if (text === undefined) throw new UsageError(`${path} is above 1 MB; is it a campaign's settings?`);
    return text;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : String(code);
    throw new UsageError(`${path} can't be read: ${why}.`, { cause: error });
  }
}

function parseDocument(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [what = ''] = isError(error) ? error.message.split('\n') : [];
    throw new UsageError(`${path} is neither YAML nor JSON: ${showMasked(what)}`, { cause: error });
  }
}

/** As the flags are written, too: `too-late-after`, `timezone`. */
function nameOf(written: string): string {
  const name = written.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return name === 'timezone' ? 'timeZone' : name;
}

/** A setting as it is named in a file, or by its flag; `undefined`: there is none of that name. */
export function settingNamed(written: string): keyof CampaignRequest | undefined {
  const name = nameOf(written.replace(/^--/, ''));
  return isSetting(name) ? name : undefined;
}

function isSetting(name: string): name is keyof CampaignRequest {
  return Object.hasOwn(kinds, name);
}

function faultOf(kind: (typeof kinds)[keyof CampaignRequest], value: unknown): string | undefined {
  if (kind === 'list') {
    const isList = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return isList ? undefined : 'a list of texts';
  }
  // What is in it is checked with the other settings.
  if (kind === 'mapping') return typeof value === 'object' ? undefined : 'pairs such as Nama: customer_name';
  if (kind === 'codes, after and times')
    return typeof value === 'object'
      ? undefined
      : 'codes, after and times, such as {codes: [131026], after: 24h, times: 2}';
  if (kind === 'yes or no') return typeof value === 'boolean' ? undefined : 'true or false';
  if (kind === 'number or text')
    return typeof value === 'number' || typeof value === 'string' ? undefined : 'a number, or a text such as 1%';
  if (kind === 'number') return typeof value === 'number' ? undefined : 'a number';
  return typeof value === 'string' ? undefined : 'a text; put it in quotes';
}
