import { type Command, Option } from 'commander';
import { type CatchUp, catchUps } from '../../domain/campaigns/firing.js';
import { type DeliveryRequest, readDelivery } from '../../domain/delivery/delivery.js';
import { mostMessages } from '../../domain/runs/message.js';
import { UsageError } from '../../errors.js';
import { count } from '../terminal/output.js';

/** The flags of `send` and `campaign add` that say when batches may start, as commander gives them. */
export type DeliveryFlags = {
  channelId?: number;
  pace?: string;
  window?: string;
  windowDays?: string;
  timezone?: string;
  dailyLimit?: number;
  handOver?: string;
  first?: number;
  tooLateAfter?: string;
  catchUp?: CatchUp;
  delivery?: 'bulk' | 'individual';
  templateName?: string;
  namespace?: string;
  language?: string;
  force?: true;
};

export function addDeliveryOptions(command: Command): Command {
  return addLimitOptions(command, ' (needs --channel-id, --template-name, --namespace and --language)')
    .option('--template-name <name>', "the template's name at Qiscus, as invoice_update")
    .option('--namespace <namespace>', "the template's namespace at Qiscus")
    .option('--language <code>', "the template's language at Qiscus, as id");
}

/** Those that are told beside a template. @param needed what single messages need that isn't known without one */
export function addLimitOptions(command: Command, needed = ''): Command {
  return command
    .option(
      '--pace <recipients/duration>',
      'at most so many recipients in any such duration, as 2000/1h; batches start one after the other',
    )
    .option('--window <from-to>', 'start batches only between these hours, as 08:00-20:00 (needs --timezone)')
    .option('--window-days <days>', 'with --window: start batches only on these days, as mon-sat or mon,wed,fri')
    .option(
      '--daily-limit <recipients>',
      'at most so many recipients in any 24 hours, over all runs of all accounts of the portfolio',
      wholeNumber('--daily-limit'),
    )
    .option(
      '--channel-id <id>',
      "the WhatsApp channel's id at Qiscus, which --delivery individual sends through",
      wholeNumber('--channel-id'),
    )
    .option(
      '--hand-over <when>',
      'when a batch is handed to Qiscus: at-once (the default), or so long before its start, as 2h; until then siaran cancel stops it',
    )
    .option(
      '--first <recipients>',
      'send to so many recipients first; the rest is held until siaran resume RUN',
      wholeNumber('--first'),
    )
    .option('--too-late-after <duration>', 'fail batches that would start later than this after their time, as 4h')
    .addOption(
      new Option(
        '--delivery <how>',
        `bulk: files of up to 1,000 recipients (the default); individual: one request for each recipient, each with its own ids${needed}`,
      ).choices(['bulk', 'individual']),
    )
    .option('--force', `with --delivery individual: allow more than ${count(mostMessages)} recipients`)
    .addOption(
      new Option(
        '--catch-up <which>',
        'which firings that were missed while no worker ran are sent late (default: latest); for send: skip fails a run whose start was missed',
      ).choices(catchUps),
    );
}

/** @throws {UsageError} naming each flag that is wrong. */
export function readDeliveryFlags(flags: DeliveryFlags): DeliveryRequest & { catchUp?: CatchUp } {
  const request = deliveryOf(flags);
  const { faults } = readDelivery(request);
  if (faults.length > 0) throw new UsageError(faults.map(asFlag).join('\n'));
  return request;
}

/** What was given of them, named as the library names it, and not checked. */
export function deliveryOf(flags: DeliveryFlags): DeliveryRequest & { catchUp?: CatchUp } {
  const { timezone, channelId, pace, window, windowDays, dailyLimit, handOver, first, tooLateAfter, catchUp } = flags;
  const { delivery, templateName, namespace, language, force } = flags;
  return defined({
    ...{ channelId, pace, window, windowDays, dailyLimit, handOver, first, tooLateAfter, catchUp },
    ...{ delivery, templateName, namespace, language, force },
    timeZone: timezone,
  });
}

/** What wasn't given is left out, as `undefined` would be a value. */
export function defined<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** A fault begins with the name of a setting, as the library has it. */
export function asFlag(fault: string): string {
  return fault.replace(/^\w+/, flagOf);
}

export function wholeNumber(flag: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,10}$/.test(text)) return Number(text);
    throw new UsageError(`${flag} is ${JSON.stringify(text.slice(0, 40))}; it is a whole number, such as 10.`);
  };
}

/** The flag of a setting. */
export function flagOf(name: string): string {
  if (name === 'timeZone') return '--timezone';
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
