import { createInterface } from 'node:readline';
import { columns } from '../rows.js';

export const templateDetailId = 172;
export const runSettings = { name: 'December reminders', templateDetailId, columns };

/**
 * What a contender's process does: it says that it is ready, then answers each line of JSON that its parent writes with one
 * of its own. It ends when its parent does, whatever ended that.
 */
export async function answerParent<Request>(answer: (request: Request) => Promise<object>): Promise<void> {
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) say(await answer(JSON.parse(line) as Request));
  process.exit();
}

export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
