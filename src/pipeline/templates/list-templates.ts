import type { Context } from '../../context.js';
import type { Template } from '../../domain/templates/template.js';
import { channel, faultOfValue } from '../../domain/text/judge-value.js';
import { UsageError } from '../../errors.js';
import { findTemplates, templateLists } from '../../store/templates.js';
import { assertAccount } from '../require-account.js';
import { refreshTemplates } from './refresh-templates.js';

/** Which templates are wanted. */
export type TemplateQuery = {
  /** Of this Qiscus account. Default: of all. */
  account?: string;
  /** Of this WhatsApp channel at Qiscus. Default: of all. */
  channelId?: number;
  /** Asks Qiscus first. Default: only if that was never done. */
  refresh?: boolean;
};

/** Templates as they are kept, and why they may be out of date, a sentence each. */
type TemplateListing = { templates: Template[]; faults: string[] };

/** The templates that are kept; Qiscus is asked before, if that is wanted or was never done. @throws {UsageError} when there is no such account, or the channel is none. */
export async function listTemplates(
  ctx: Context,
  { account, channelId, refresh = false }: TemplateQuery = {},
): Promise<TemplateListing> {
  const fault = channelId === undefined ? undefined : faultOfValue('channelId', channelId, channel);
  if (fault !== undefined) throw new UsageError(fault);
  if (account !== undefined) await assertAccount(ctx, account);
  const wanted = account === undefined ? [...ctx.config.accounts.keys()] : [account];
  const asked = new Set((await templateLists(ctx.db)).map((list) => list.account));
  const faults = await refreshTemplates(ctx, refresh ? wanted : wanted.filter((name) => !asked.has(name)), 0);
  const templates = await findTemplates(ctx.db, account);
  return {
    templates: templates.filter((template) => channelId === undefined || template.channelId === channelId),
    faults: faults.map((fault) => `${fault}.${keptWords(templates)}`),
  };
}

function keptWords(templates: readonly Template[]): string {
  const oldest = templates.map(({ toldAt }) => toldAt).sort()[0];
  return oldest === undefined ? ' None are kept.' : ` These are as they were kept, since ${oldest} at the latest.`;
}
