import type { Command } from 'commander';
import { isUnapproved, labelOf, type Template } from '../../domain/templates/template.js';
import { audited } from '../../pipeline/audited.js';
import { listTemplates } from '../../pipeline/templates/list-templates.js';
import { defined, wholeNumber } from '../send/delivery-options.js';
import { note, print, printJson, red, table, yellow } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';
import { addTemplatesAddCommand } from './templates-add.js';

const examples = `
Qiscus is asked the first time, by workers every hour, and with --refresh. If it doesn't answer, what is kept is shown.

Examples:
  siaran templates
  siaran templates --channel-id 534 --refresh
  siaran templates add sample.csv --template-detail-id 172 --name reminder --language id`;

type Flags = { account?: string; channelId?: number; refresh?: true; json?: true };

export function addTemplatesCommand(program: Command): void {
  const command = program
    .command('templates')
    .description('list the templates that Qiscus has')
    .option('--account <name>', 'of this Qiscus account only')
    .option('--channel-id <id>', 'of this WhatsApp channel only', wholeNumber('--channel-id'))
    .option('--refresh', 'ask Qiscus now')
    .option('--json', 'print one JSON array')
    .addHelpText('after', examples)
    .action(list);
  addTemplatesAddCommand(command);
}

function list({ json, ...query }: Flags): Promise<void> {
  return withSiaran(async ({ ctx }) => {
    const look = () => listTemplates(ctx, defined(query));
    const { templates, faults } = query.refresh
      ? await audited(ctx, { action: 'template refresh', detail: { account: query.account } }, look)
      : await look();
    for (const fault of faults) note(yellow(`Warning: ${fault}`));
    if (json) await printJson(templates);
    else await print(templates.length === 0 ? 'No templates are known.' : describeTemplates(templates));
  });
}

function describeTemplates(templates: readonly Template[]): string {
  const accounts = new Set(templates.map(({ account }) => account)).size > 1;
  const heads = ['template', 'id', 'approval', 'category', 'channel', 'columns', ...(accounts ? ['account'] : [])];
  const rows = templates.map((template) => [
    labelOf(template),
    String(template.templateDetailId),
    template.approval,
    template.category ?? '',
    template.channelId === null ? '' : String(template.channelId),
    template.columns.join(','),
    ...(accounts ? [template.account] : []),
  ]);
  const unusable = templates.filter(isUnapproved);
  const why = unusable.map(
    (template) =>
      `${red(labelOf(template))} can't be sent: it is ${template.approval}${template.rejectionReason === null ? '' : ` (${template.rejectionReason})`}.`,
  );
  return [table(heads, rows), ...why].join('\n');
}
