import type { Context } from '../../context.js';
import { chooseTemplate, readTemplateName } from '../../domain/templates/choose-template.js';
import { isUnapproved, labelOf, type Template } from '../../domain/templates/template.js';
import { channel, faultOfValue } from '../../domain/text/judge-value.js';
import { UsageError } from '../../errors.js';
import { findTemplate, findTemplates } from '../../store/templates.js';
import { patiently } from '../patience.js';
import { assertAccount } from '../require-account.js';
import { refreshTemplates } from './refresh-templates.js';

/** A program that asks for a template that isn't there, again and again, must not ask Qiscus as often. */
const askAgainAfterMs = 30_000;

/** Which template is meant: `reminder` or `reminder:id`, of which account and channel. */
export type TemplateReference = {
  /** The template's name, such as `reminder`, or `reminder:id` if it has several languages. */
  template: string;
  /** The Qiscus account that has it. Default `default`. */
  account?: string | undefined;
  /** The WhatsApp channel that it belongs to, if several have one of that name. */
  channelId?: number | undefined;
};

/**
 * The template of that name. If it isn't known, or isn't approved as far as is known, Qiscus is asked first.
 * @throws {UsageError} that says why there isn't exactly one, and names those that could be meant.
 */
export async function requireTemplate(ctx: Context, reference: TemplateReference): Promise<Template> {
  const { template, account = 'default', channelId } = reference;
  const name = readTemplateName(template);
  if (!name)
    throw new UsageError(
      `template is ${JSON.stringify(template)?.slice(0, 100)}; write its name, such as reminder, or its name and language, such as reminder:id.`,
    );
  const fault = channelId === undefined ? undefined : faultOfValue('channelId', channelId, channel);
  if (fault !== undefined) throw new UsageError(fault);
  await patiently(ctx, () => assertAccount(ctx, account));
  const choose = async () =>
    chooseTemplate(await patiently(ctx, () => findTemplates(ctx.db, account)), name, channelId);
  let chosen = await choose();
  if ('template' in chosen && !isUnapproved(chosen.template)) return chosen.template;
  const faults = await refreshTemplates(ctx, [account], askAgainAfterMs);
  chosen = await choose();
  if ('template' in chosen) return chosen.template;
  const why = faults.map((fault) => ` ${fault}.`).join('');
  throw new UsageError(`${chosen.fault}${why} siaran templates --refresh lists them.`);
}

/**
 * The template of that id, if it is known. If it isn't approved or doesn't fit as far as is known, or isn't known although it has to be,
 * Qiscus is asked first; `faults` says what it didn't tell.
 */
export async function templateOfId(
  ctx: Context,
  account: string,
  templateDetailId: number,
  { mustBeKnown, fits }: { mustBeKnown: boolean; fits: (template: Template) => boolean },
): Promise<{ template: Template | undefined; faults: string[] }> {
  const find = () => patiently(ctx, () => findTemplate(ctx.db, account, templateDetailId));
  const template = await find();
  if (template ? !isUnapproved(template) && fits(template) : !mustBeKnown) return { template, faults: [] };
  const faults = await refreshTemplates(ctx, [account], askAgainAfterMs);
  return { template: await find(), faults };
}

/** Why a template may not be sent, behind an article. */
export function unapprovedWords(template: Template): string {
  const { approval, rejectionReason, templateDetailId } = template;
  const why = rejectionReason === null ? '' : ` (${rejectionReason})`;
  const state = approval === 'pending' ? 'is waiting for the approval of WhatsApp' : 'was rejected by WhatsApp';
  return `template ${labelOf(template)} (id ${templateDetailId}) ${state}${why}`;
}
