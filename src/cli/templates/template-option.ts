import type { Command } from 'commander';
import { labelOf, type Template } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import { messageFields } from '../../pipeline/templates/apply-template.js';
import { requireTemplate } from '../../pipeline/templates/resolve-template.js';
import { type DeliveryFlags, type deliveryOf, readDeliveryFlags, wholeNumber } from '../send/delivery-options.js';
import type { Opened } from '../with-siaran.js';

/** The flags that say which template is sent: one of the two. */
export type TemplateFlags = { template?: string; templateDetailId?: number };

export function addTemplateOptions(command: Command): Command {
  return command
    .option(
      '--template <name>',
      "the template's name, as reminder, or reminder:id if it has several languages; siaran templates lists them",
    )
    .option(
      '--template-detail-id <id>',
      "instead of --template: the number on the template's page at Qiscus",
      wholeNumber('--template-detail-id'),
    );
}

/** @throws {UsageError} unless exactly one of the two is there, and what the template tells isn't told otherwise. */
export function refuseTemplateFlags({ template, templateDetailId, ...flags }: TemplateFlags & DeliveryFlags): void {
  if (template === undefined && templateDetailId === undefined)
    throw new UsageError('--template (its name) or --template-detail-id (its number at Qiscus) is missing.');
  if (template === undefined) return;
  const { templateName, namespace, language } = flags;
  const others = { '--template-detail-id': templateDetailId, '--template-name': templateName, '--language': language };
  const given = Object.entries({ ...others, '--namespace': namespace }).filter(([, value]) => value !== undefined);
  if (given.length > 0)
    throw new UsageError(`--template tells ${given.map(([flag]) => flag).join(', ')} itself: leave out one of them.`);
}

/** The template that is named, if one is. @throws {UsageError} that names those that could be meant. */
export async function templateOf(
  { ctx }: Opened,
  { template, account, channelId }: { template?: string; account?: string; channelId?: number },
): Promise<Template | undefined> {
  return template === undefined ? undefined : requireTemplate(ctx, { template, account, channelId });
}

/** The flags of the delivery, with what the template tells of it. @throws {UsageError} naming each flag that is wrong. */
export function deliveryFor(template: Template | undefined, flags: DeliveryFlags): ReturnType<typeof deliveryOf> {
  const told = template !== undefined && flags.delivery === 'individual' ? messageFields(template) : {};
  return readDeliveryFlags({ ...told, ...flags });
}

/** As the library is told it: checked there once more. */
export function labelOfGiven(template: Template | undefined): { template?: string } {
  return template === undefined ? {} : { template: labelOf(template) };
}
