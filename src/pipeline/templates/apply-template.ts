import type { Context } from '../../context.js';
import type { DeliveryRequest } from '../../domain/delivery/delivery.js';
import { templateColumnFaults } from '../../domain/templates/check-columns.js';
import { isUnapproved, labelOf, type Template } from '../../domain/templates/template.js';
import type { TemplateRequest } from '../../domain/templates/template-request.js';
import { templateId } from '../../domain/text/judge-value.js';
import { UsageError } from '../../errors.js';
import { findRunByKey } from '../../store/runs.js';
import { patiently } from '../patience.js';
import { requireTemplate, templateOfId, unapprovedWords } from './resolve-template.js';

type Asked = TemplateRequest &
  Pick<DeliveryRequest, 'delivery' | 'channelId' | 'templateName' | 'namespace' | 'language'> & {
    account?: string;
    key?: string;
    columns?: readonly string[];
  };

/** What Qiscus is told of the template. `template`: what is known of it, if it was asked for by its name. */
type Applied<R> = {
  request: Omit<R, 'template'> & { templateDetailId: number };
  template: Template | undefined;
};

/**
 * Puts the ids of the template in the place of its name. @throws {UsageError} that names what could be meant, or all that doesn't fit
 * it, or says that it isn't approved; of a run that was begun before, its batches are held instead.
 */
export async function applyTemplate<R extends Asked>(ctx: Context, asked: R): Promise<Applied<R>> {
  const { template: name, ...request } = asked;
  // Without an id, it is said that one is missing.
  if (name === undefined) return { request: request as Applied<R>['request'], template: undefined };
  const { account, channelId } = asked;
  const template = await requireTemplate(ctx, { template: name, account, channelId });
  const faults = [
    ...otherwise(asked, template),
    // What is no list of columns at all is said with all other settings.
    ...(Array.isArray(asked.columns) ? templateColumnFaults(template, asked.columns, asked.delivery) : []),
  ];
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  if (isUnapproved(template) && !(await isBegun(ctx, asked.key)))
    throw new UsageError(`The ${unapprovedWords(template)}, and can't be sent.`);
  const ofMessage = asked.delivery === 'individual' ? messageFields(template) : {};
  return {
    request: { ...request, ...ofMessage, templateDetailId: template.templateDetailId } as Applied<R>['request'],
    template,
  };
}

/**
 * Refuses what doesn't fit a template that was asked for by its id, as far as Siaran knows it. A single message isn't looked at: Qiscus
 * answers it at once. @throws {UsageError}
 */
export async function refuseKnownFaults(ctx: Context, asked: Asked & { templateDetailId?: unknown }): Promise<void> {
  const { templateDetailId: id, account = 'default', columns, delivery } = asked;
  // What isn't even of its kind is said with all other settings.
  if (templateId(id) !== undefined || typeof account !== 'string' || !areTexts(columns)) return;
  const faultsOf = (template: Template) => templateColumnFaults(template, columns, delivery);
  const { template } = await templateOfId(ctx, account, Number(id), {
    mustBeKnown: false,
    fits: (known) => faultsOf(known).length === 0,
  });
  if (!template || (await isBegun(ctx, asked.key))) return;
  const faults = faultsOf(template);
  if (faults.length > 0) throw new UsageError(faults.join('\n'));
  if (isUnapproved(template)) throw new UsageError(`The ${unapprovedWords(template)}, and can't be sent.`);
}

const areTexts = (columns: unknown): columns is string[] =>
  Array.isArray(columns) && columns.every((column) => typeof column === 'string');

type MessageFields = Pick<DeliveryRequest, 'channelId' | 'templateName' | 'namespace' | 'language'>;

/** What individual delivery needs, as far as it is known. */
export function messageFields({ channelId, name, namespace, language }: Template): MessageFields {
  const known = { channelId, templateName: name, namespace, language };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== null));
}

/** What is said beside the name and is another template's. */
function otherwise(asked: Asked, template: Template): string[] {
  const known = { templateDetailId: template.templateDetailId, ...messageFields(template) };
  return Object.entries(known).flatMap(([field, value]) => {
    const given: unknown = asked[field as keyof Asked];
    return given === undefined || given === value
      ? []
      : [
          `${field} is ${JSON.stringify(given)}; that of the template ${labelOf(template)} is ${JSON.stringify(value)}.`,
        ];
  });
}

async function isBegun(ctx: Context, key: string | undefined): Promise<boolean> {
  return key !== undefined && (await patiently(ctx, () => findRunByKey(ctx.db, key))) !== null;
}
