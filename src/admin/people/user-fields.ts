import * as z from 'zod';
import { adminRoles } from '../../domain/people/roles.js';

/** What is asked for and told of users, by the API and by pages. */

export const userName = z.object({ name: z.string().max(200) });
export const ofToken = userName.extend({ id: z.string().max(40) });
export const role = z.enum(adminRoles);
export const email = z.string().trim().max(255);
export const label = z.string().trim().min(1).max(100);

/** Of a program's token, in days. */
export const days = z.coerce.number().int().min(1).max(366).default(90);

/** The instant that so many days lead to. */
export function inDays(count: number): Date {
  return new Date(Date.now() + count * 86_400_000);
}
