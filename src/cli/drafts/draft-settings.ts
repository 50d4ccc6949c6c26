import type { Command } from 'commander';
import type { ColumnMap } from '../../domain/columns/column-map.js';
import { parseColumnMap } from '../../domain/columns/column-map-text.js';
import { UsageError } from '../../errors.js';
import type { DraftChanges, DraftSettings } from '../../pipeline/drafts/draft.js';
import { settingsFaults } from '../../pipeline/drafts/draft-request.js';
import { addLimitOptions, asFlag, type DeliveryFlags, defined, deliveryOf } from '../send/delivery-options.js';
import { openInput } from '../send/recipient-input.js';
import { addRowOptions, type RowFlags } from '../send/row-options.js';
import { addTemplateOptions, type TemplateFlags } from '../templates/template-option.js';

/** What of a draft is told by flags, when it is made and when it is changed. */
export type DraftFlags = Omit<DeliveryFlags, 'templateName' | 'namespace' | 'language'> &
  RowFlags &
  TemplateFlags & { account?: string; audience?: string; map?: ColumnMap; startAt?: string; json?: true };

/** The flags of `draft make` and `draft change`. */
export function addDraftOptions(command: Command): Command {
  command
    .option('--audience <name>', 'one of the audiences that SIARAN_AUDIENCES_FILE names, in the place of a file')
    .option(
      '--map <heads>',
      'which column of the template each head of the list becomes, as "Nama=body_variable1,Tagihan=body_variable2"; nothing behind the = leaves the head out. Those that are named alike need none',
      readMap,
    )
    .option('--account <name>', 'the Qiscus account that has the template (default: default)')
    .option('--start-at <instant>', 'when it starts, as 2027-12-01T09:00:00+07:00 (default: once it is confirmed)')
    .option('--timezone <zone>', 'the time zone of --start-at and --window, as Asia/Jakarta');
  addTemplateOptions(command);
  addLimitOptions(command, ', as its template tells');
  return addRowOptions(command);
}

/** The template that is named; `{}`: none is. @throws {UsageError} for two, or for an account without one */
export function templateOfFlags({
  template,
  templateDetailId,
  account,
  channelId,
}: DraftFlags): Pick<DraftChanges, 'template'> {
  if (template !== undefined && templateDetailId !== undefined)
    throw new UsageError('--template tells --template-detail-id itself: leave out one of them.');
  if (template === undefined && templateDetailId === undefined) {
    if (account !== undefined) throw new UsageError('--account is of the template: name it too, with --template.');
    return {};
  }
  return { template: defined({ account, channelId, template, templateDetailId }) };
}

/** The settings that are named, with those that stand already. @throws {UsageError} naming each flag that is wrong */
export function settingsOfFlags(
  flags: DraftFlags,
  before: DraftSettings = {},
  unset: readonly string[] = [],
): Pick<DraftChanges, 'settings'> {
  const { values, maxRejected, retryAfterFailure, startAt } = flags;
  const given = { ...deliveryOf(flags), ...defined({ values, maxRejected, retryAfterFailure, startAt }) };
  if (Object.keys(given).length === 0 && unset.length === 0) return {};
  const kept = Object.entries(before).filter(([name]) => !unset.includes(name));
  const settings = { ...Object.fromEntries(kept), ...given } as DraftSettings;
  const faults = settingsFaults(settings);
  if (faults.length > 0) throw new UsageError(faults.map(asFlag).join('\n'));
  return { settings };
}

/** Opens the file that holds the list, for as long as it is read. @throws {UsageError} when there is no such file */
export async function withList<T>(
  path: string,
  work: (list: { fileName: string; list: AsyncIterable<Buffer> }) => Promise<T>,
): Promise<T> {
  const input = await openInput(path);
  try {
    const fileName = path === '-' ? 'standard input' : (path.split(/[/\\]/).at(-1) ?? path);
    return await work({ fileName: fileName.slice(0, 200), list: input.read() });
  } finally {
    await input.close();
  }
}

function readMap(text: string): ColumnMap {
  const parsed = parseColumnMap(text);
  if (parsed.fault === undefined) return parsed.map;
  throw new UsageError(`--map is ${JSON.stringify(text.slice(0, 200))}; ${parsed.fault}.`);
}
