import type { Context } from '../../context.js';
import type { RunSettings } from '../../domain/runs/run.js';
import { templateColumnFaults } from '../../domain/templates/check-columns.js';
import { isUnapproved, labelOf, type Template } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import type { RunRow } from '../../store/runs.js';
import { templateOfId, unapprovedWords } from '../templates/resolve-template.js';

/** Which template is sent, and how. */
type Sent = Pick<RunSettings, 'templateDetailId' | 'delivery'>;

/**
 * What a run sends with another template of the same columns. A message of its own tells Qiscus the template's name, namespace and language
 * beside its id, so that the template has to be known then; in bulk it is checked if it is.
 * @param isBegun a run with it was begun before: its batches are held if the template isn't approved
 * @throws {UsageError} that says why it can't be sent
 */
export async function withOtherTemplate(
  ctx: Context,
  { account, columns, delivery }: RunRow,
  templateDetailId: number,
  isBegun: boolean,
): Promise<Sent> {
  const isIndividual = delivery.individual !== null;
  const faultsOf = (known: Template) => templateColumnFaults(known, columns, isIndividual ? 'individual' : 'bulk');
  const { template, faults } = await templateOfId(ctx, account, templateDetailId, {
    mustBeKnown: isIndividual,
    fits: (known) => faultsOf(known).length === 0,
  });
  if (!template) {
    if (isIndividual) throw unknownTemplate(account, templateDetailId, faults);
    return { templateDetailId, delivery };
  }
  const ofColumns = faultsOf(template);
  if (ofColumns.length > 0) throw new UsageError(ofColumns.join('\n'));
  if (isUnapproved(template) && !isBegun) throw new UsageError(`The ${unapprovedWords(template)}, and can't be sent.`);
  return { templateDetailId, delivery: withTemplate(delivery, template) };
}

/** What nobody has told of the template's channel stays. */
function withTemplate(delivery: RunSettings['delivery'], template: Template): RunSettings['delivery'] {
  const { individual } = delivery;
  const channelId = delivery.channelId && (template.channelId ?? delivery.channelId);
  if (individual === null) return { ...delivery, channelId };
  const { name: templateName, namespace, language } = template;
  if (namespace === null)
    throw new UsageError(
      `Nobody has told the namespace of the template ${labelOf(template)}, which individual messages need.`,
    );
  return { ...delivery, channelId, individual: { ...individual, templateName, namespace, language } };
}

function unknownTemplate(account: string, templateDetailId: number, faults: readonly string[]): UsageError {
  const why = faults.map((fault) => ` ${fault}.`).join('');
  return new UsageError(
    `templateDetailId is ${templateDetailId}, and no template of account ${account} is known by that id. The run sends individual messages, for which Qiscus is told the template's name, namespace and language too.${why} siaran templates --refresh lists the templates; siaran templates add adds one.`,
  );
}
