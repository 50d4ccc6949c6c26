import type { Command } from 'commander';
import { labelOf } from '../../domain/templates/template.js';
import { UsageError } from '../../errors.js';
import { openRecipients } from '../../input/read-recipients.js';
import type { NewTemplate } from '../../pipeline/templates/add-template.js';
import { defined, wholeNumber } from '../send/delivery-options.js';
import { openInput } from '../send/recipient-input.js';
import { bold, print, printJson } from '../terminal/output.js';
import { withSiaran } from '../with-siaran.js';

const examples = `
For an account whose templates Qiscus doesn't list. The sample CSV that the template's page offers gives the columns; its text
can be pasted. What is added counts as approved, and Qiscus's own word replaces it once its list has the same id.

Examples:
  siaran templates add sample.csv --template-detail-id 172 --name reminder --language id
  siaran templates add --template-detail-id 172 --name reminder --language id --body "Halo {{1}}, *{{2}}* jatuh tempo."
  siaran templates add --template-detail-id 173 --name promo --language id --header "Untuk {{1}}" --body "Diskon!" \\
    --buttons '[{"type":"url","text":"Lihat","url":"https://example.com/{{1}}"}]'`;

type Flags = {
  templateDetailId: number;
  name: string;
  language: string;
  account?: string;
  channelId?: number;
  namespace?: string;
  category?: string;
  header?: string;
  body?: string;
  footer?: string;
  buttons?: NonNullable<NewTemplate['buttons']>;
  json?: true;
};

export function addTemplatesAddCommand(templates: Command): void {
  templates
    .command('add')
    .argument('[sample]', 'the sample CSV that its page offers; - for standard input')
    .description('keep a template that Qiscus does not list')
    .requiredOption(
      '--template-detail-id <id>',
      'the number on its page at Qiscus',
      wholeNumber('--template-detail-id'),
    )
    .requiredOption('--name <name>', 'its name at Qiscus, as invoice_update')
    .requiredOption('--language <code>', 'its language at Qiscus, as id')
    .option('--account <name>', 'the Qiscus account that has it (default: default)')
    .option('--channel-id <id>', "the WhatsApp channel's id at Qiscus", wholeNumber('--channel-id'))
    .option('--namespace <namespace>', 'its namespace at Qiscus')
    .option('--category <category>', 'marketing, utility or authentication')
    .option('--header <text>', 'the text above its body, or one of image, video and document')
    .option('--body <text>', 'its text, with {{1}}, {{2}} and so on where values go')
    .option('--footer <text>', 'the text below its body')
    .option(
      '--buttons <json>',
      'its buttons, as [{"type":"url","text":"Pay","url":"https://example.com/{{1}}"}]',
      readButtons,
    )
    .option('--json', 'print one JSON document')
    .addHelpText('after', examples)
    .action(add);
}

async function add(sample: string | undefined, { json, header, ...flags }: Flags, command: Command): Promise<void> {
  // Options of the same name belong to the command above as well, which takes them first.
  const above = command.parent?.opts<Flags>() ?? {};
  const columns = sample === undefined ? undefined : await columnsOfSample(sample);
  const given = { ...above, ...flags };
  const request = defined({
    ...given,
    json: undefined,
    refresh: undefined,
    columns,
    header: header === undefined ? undefined : headerOf(header),
  });
  await withSiaran(async ({ siaran }) => {
    const template = await siaran.addTemplate(request as NewTemplate);
    if (json ?? (above as Flags).json) await printJson(template);
    else await print(`Template ${bold(labelOf(template))} is kept. Its columns: ${template.columns.join(', ')}.`);
  });
}

async function columnsOfSample(path: string): Promise<string[]> {
  const input = await openInput(path);
  try {
    const { columns } = await openRecipients({ stream: input.read(), name: input.name, mayBeCut: false });
    return columns;
  } finally {
    await input.close();
  }
}

function headerOf(text: string): NonNullable<NewTemplate['header']> {
  return text === 'image' || text === 'video' || text === 'document' ? { type: text } : { type: 'text', text };
}

function readButtons(text: string): NonNullable<NewTemplate['buttons']> {
  try {
    const buttons: unknown = JSON.parse(text);
    const isButton = (one: unknown) => {
      const { type, text: words } = (one ?? {}) as Record<string, unknown>;
      return typeof type === 'string' && typeof words === 'string';
    };
    if (Array.isArray(buttons) && buttons.every(isButton)) return buttons;
  } catch {
    // Said below, with what would be right.
  }
  throw new UsageError('--buttons must be a JSON array of buttons, each with a type and a text.');
}
