import { type Command, Option } from 'commander';
import { type CatchUp, catchUps } from '../../domain/campaigns/firing.js';
import { type DeliveryRequest, readDelivery } from '../../domain/runs/delivery.js';
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
  return command
    .option(
      '--pace <recipients/duration>',
      'at most so many recipients a duration, as 2000/1h; batches start one by one',
    )
    .option('--window <from-to>', 'batches start between these hours only, as 08:00-20:00 (needs --timezone)')
    .option('--window-days <days>', 'and on these days only, as mon-sat or mon,wed,fri')
    .option(
      '--daily-limit <recipients>',
      'at most so many in any 24 hours, over all runs of all accounts of the business portfolio',
      wholeNumber('--daily-limit'),
    )
    .option(
      '--channel-id <id>',
      "the WhatsApp channel's number at Qiscus, which messages are sent by",
      wholeNumber('--channel-id'),
    )
    .option(
      '--hand-over <when>',
      'at-once, or so long before it starts that a batch can be cancelled until then, as 2h',
    )
    .option('--first <recipients>', 'send so many first; the rest waits for siaran resume RUN', wholeNumber('--first'))
    .option(
      '--too-late-after <duration>',
      'a batch that would start later than that after its time is not sent, but failed',
    )
    .addOption(
      new Option(
        '--delivery <how>',
        'bulk: files of up to 1,000 (the default); individual: a request each, with its own ids, which needs --channel-id and the next three',
      ).choices(['bulk', 'individual']),
    )
    .option('--template-name <name>', "the template's name at Qiscus, as invoice_update")
    .option('--namespace <namespace>', "the template's namespace at Qiscus")
    .option('--language <code>', "the template's language at Qiscus, as id")
    .option('--force', `with --delivery individual: even if they are more than ${count(mostMessages)}`)
    .addOption(
      new Option('--catch-up <which>', 'what becomes of starts that no worker was there for (default: latest)').choices(
        catchUps,
      ),
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
function asFlag(fault: string): string {
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
