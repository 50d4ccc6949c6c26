import * as z from 'zod';
import { adminRoles } from '../../domain/people/roles.js';

/** What is asked for and told of users, by the API and by pages. */

export const userName = z.object({ name: z.string().max(200) });
export const ofToken = userName.extend({ id: z.string().max(40) });
export const role = z.enum(adminRoles);
export const email = z.string().trim().max(255);
export const label = z.string().trim().min(1).max(100);

const term = (number: z.ZodNumber) => number.int().min(1).max(366).default(90);

/** How long a program's token is good, in days. */
export const days = term(z.number());

/** The same in a form. */
export const writtenDays = term(z.coerce.number());

/** The instant that so many days lead to. */
export function inDays(count: number): Date {
  return new Date(Date.now() + count * 86_400_000);
}
