import { seededDraw } from '../seeded-draw.js';
import type { MessageFate, NamedBy } from './message-fate.js';

/** `whatsapp`: `{statuses: […]}`. `message`: `{type: "message_status", payload}`, one status each. Both are assumed. */
export type CallbackForm = 'whatsapp' | 'message';

/** A message that was accepted, and what callbacks tell of it. */
export type SandboxMessage = MessageFate & {
  readonly messageId: string;
  readonly number: string;
  /** The business-scoped id of the recipient. */
  readonly userId: string;
  readonly namedBy: NamedBy;
  /** Of the broadcast job that it belongs to. */
  readonly jobId: number;
  /** When the job starts, in milliseconds since 1970. The first status comes then, and each further one a second later. */
  readonly startsAt: number;
};

type ToldStatus = { readonly message: SandboxMessage; readonly status: string; readonly at: number };

/** One after the other, each alone. */
export function bodiesInOrder(message: SandboxMessage, form: CallbackForm): object[] {
  return statusesOf(message).map((told) => bodyOf([told], form));
}

/** In any order, some twice, several in a callback; and who an id stands for is told somewhere between. */
export function mixedBodies(messages: readonly SandboxMessage[], form: CallbackForm, seed: number): object[] {
  const draw = seededDraw(seed);
  const told = messages.flatMap(statusesOf);
  const all = shuffled([...told, ...told.filter(() => draw() < 0.2)], draw);
  const bodies: object[] = [];
  for (let from = 0; from < all.length; ) {
    const length = form === 'message' ? 1 : 1 + Math.floor(draw() * 200);
    bodies.push(bodyOf(all.slice(from, from + length), form));
    from += length;
  }
  const users = messages.filter(({ namedBy, statuses }) => namedBy === 'user_id' && statuses.length > 0);
  return shuffled([...bodies, ...users.map(replyOf)], draw);
}

function statusesOf(message: SandboxMessage): ToldStatus[] {
  const startsAt = Math.floor(message.startsAt / 1000);
  return message.statuses.map((status, seconds) => ({ message, status, at: startsAt + seconds }));
}

function bodyOf(told: readonly ToldStatus[], form: CallbackForm): object {
  const [first] = told;
  if (form === 'whatsapp' || !first) return { statuses: told.map(inForm.whatsapp) };
  return { type: 'message_status', payload: inForm.message(first) };
}

const inForm = {
  whatsapp: ({ message, status, at }: ToldStatus) => ({
    ...{ id: message.messageId, status, timestamp: String(at), ...recipientOf(message) },
    ...(status === 'failed' && message.code !== null && { errors: [errorOf(message.code)] }),
  }),
  message: ({ message, status, at }: ToldStatus) => ({
    ...{ message_id: message.messageId, status, timestamp: at, ...recipientOf(message) },
    ...(status === 'failed' && message.code !== null && { error: errorOf(message.code) }),
  }),
};

function errorOf(code: number): object {
  return { code, title: `fault ${code}` };
}

function recipientOf({ number, userId, namedBy }: SandboxMessage): object {
  if (namedBy === 'number') return { recipient_id: number };
  return namedBy === 'both' ? { recipient_id: number, recipient_user_id: userId } : { recipient_user_id: userId };
}

/** The recipient answers: this tells whose the id is. */
function replyOf({ number, userId, messageId, startsAt }: SandboxMessage): object {
  const text = { type: 'text', text: { body: 'OK' }, timestamp: String(Math.floor(startsAt / 1000) + 60) };
  const reply = { id: `${messageId}.reply`, from: number, from_user_id: userId, ...text };
  return { contacts: [{ wa_id: number, user_id: userId }], messages: [reply] };
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], draw: () => number): T[] {
  const all = [...items];
  for (let left = all.length; left > 1; left -= 1) {
    const at = Math.floor(draw() * left);
    [all[at], all[left - 1]] = [all[left - 1] as T, all[at] as T];
  }
  return all;
}
