/** How far WhatsApp's check of a template has come. `unknown`: Qiscus told it in a way that nobody knows. */
export const approvals = ['approved', 'pending', 'rejected', 'unknown'] as const;

export type Approval = (typeof approvals)[number];

/** A template that isn't approved may not be sent. Of `unknown` that can't be said, so that nothing is held or refused for it. */
export const unapproved = ['pending', 'rejected'] as const satisfies Approval[];

export function isUnapproved({ approval }: { approval: Approval }): boolean {
  return unapproved.some((one) => one === approval);
}

/** The kinds of header that a template can have. All but `text` are media, which a recipient's row may name by its address. */
export const headerTypes = ['text', 'image', 'video', 'document', 'location'] as const;

/** What stands above the body. */
export type TemplateHeader = {
  /** A text, or a kind of media. */
  type: (typeof headerTypes)[number];
  /** The header's text, with `{{1}}` where a recipient's value goes; `null` for media. */
  text: string | null;
  /** The address of the media that is sent where a row has none; `null`: there is none. */
  defaultValue: string | null;
};

/** A button below the message. */
export type TemplateButton = {
  /** As Qiscus calls it: `url`, `phone_number`, `quick_reply` and others. */
  type: string;
  /** What stands on it. */
  text: string;
  /** Where it leads, with `{{1}}` where a recipient's value goes; `null`: nowhere. */
  url: string | null;
  /** Whom it calls; `null`: nobody. */
  phoneNumber: string | null;
};

/** What of a template is shown to a recipient. */
export type TemplateTexts = {
  /** What stands above the body; `null`: nothing. */
  header: TemplateHeader | null;
  /** The body, with `{{1}}`, `{{2}}` and so on where a recipient's values go; `null`: nobody has told it. */
  body: string | null;
  /** What stands below the body; `null`: nothing. */
  footer: string | null;
  /** The buttons in their order. */
  buttons: TemplateButton[];
};

/** A template as it is kept, in one language. */
export type Template = TemplateTexts & {
  /** The Qiscus account that has it. */
  account: string;
  /** The id that a broadcast names it by. */
  templateDetailId: number;
  /** Its name, which it shares with its other languages. */
  name: string;
  /** Its language code, such as `id`. */
  language: string;
  /** `marketing`, `utility` or `authentication`; `null`: nobody has told it. */
  category: string | null;
  /** How far WhatsApp's check of it has come. */
  approval: Approval;
  /** Why WhatsApp rejected it, in its own words. */
  rejectionReason: string | null;
  /** The WhatsApp channel that it belongs to; `null`: nobody has told it. */
  channelId: number | null;
  /** Its namespace, which individual messages need; `null`: nobody has told it. */
  namespace: string | null;
  /** The columns that a list for it must have. `customer_name` may always be there, and `button_type` if there are buttons. */
  columns: string[];
  /** Who has told it: `qiscus`, or `added` by somebody with `siaran templates add`. */
  source: 'qiscus' | 'added';
  /** When that was, ISO 8601 in UTC. */
  toldAt: string;
};

const placeholder = /\{\{\s*(\d{1,2})\s*\}\}/g;

/** The highest number of a place that a recipient's value goes to, as 2 in `{{1}} and {{2}}`; 0 if there is none. */
export function highestPlace(text: string | null): number {
  return Math.max(0, ...[...(text ?? '').matchAll(placeholder)].map(([, number]) => Number(number)));
}

/** Puts values into their places; `valueAt` gives that of a number, and a place without one stays as it is. */
export function fillIn(text: string, valueAt: (number: number) => string | undefined): string {
  return text.replace(placeholder, (place, number) => valueAt(Number(number)) ?? place);
}

/** The same text without its places, and how often each number has one. */
export function takeApart(text: string): { fixed: string; times: Map<number, number> } {
  const times = new Map<number, number>();
  const fixed = text.replace(placeholder, (_, number) => {
    times.set(Number(number), (times.get(Number(number)) ?? 0) + 1);
    return '';
  });
  return { fixed, times };
}

export function isMedia(header: TemplateHeader | null): boolean {
  return header !== null && header.type !== 'text';
}

/**
 * The columns that a list for such a template must have. A media header with default media needs none. The buttons are counted from 1,
 * also those that take no value: Qiscus's own samples and WhatsApp's index of a button both do.
 */
export function columnsOf({ header, body, buttons }: TemplateTexts, leastBodyVariables = 0): string[] {
  const needsHeader = header && (isMedia(header) ? header.defaultValue === null : highestPlace(header.text) > 0);
  const bodyVariables = Math.max(leastBodyVariables, highestPlace(body));
  return [
    'phone_number',
    ...(needsHeader ? ['header_variable'] : []),
    ...Array.from({ length: bodyVariables }, (_, at) => `body_variable${at + 1}`),
    ...buttons.flatMap(({ url }, at) =>
      Array.from({ length: highestPlace(url) }, (_, of) => `button${at + 1}_variable${of + 1}`),
    ),
  ];
}

/** `reminder:id`, as it is asked for and shown. */
export function labelOf({ name, language }: Pick<Template, 'name' | 'language'>): string {
  return `${name}:${language}`;
}
