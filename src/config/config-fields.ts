import { accessSync, constants } from 'node:fs';
import * as z from 'zod';
import { compilePhoneNumberReader } from '../domain/numbers/phone-number.js';
import { parseDuration } from '../domain/timing/duration.js';
import { messageOf } from '../errors.js';

/** Kinds of variables, each with what would be right where one is wrong. */

export const duration = (fallback: string) => z.string().default(fallback).transform(readDuration);

export const optionalDuration = z.string().transform(readDuration).optional();

/** Words with commas between them. */
export const words = z
  .string()
  .transform((text) => text.split(',').map((word) => word.trim()))
  .refine((found) => found.length <= 20 && found.every((word) => /^[\x21-\x7e]{1,200}$/.test(word)), {
    error: 'must be up to 20 words without blanks, commas between them',
  })
  .optional();

function readDuration(text: string, faults: Faults): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  faults.addIssue({
    code: 'custom',
    message: `is ${shown(text)}; write a duration such as 500ms, 3s, 30m, 2h or 1d`,
  });
  return z.NEVER;
}

export const url = (protocols: readonly string[], example: string) =>
  z
    .string({ error: `is not set; for example ${example}` })
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: `is not an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}; for example ${example}`,
    });

export const redisUrl = url(['redis:', 'rediss:'], 'redis://localhost:6379');

export const databaseUrl = (example: string) => url(['postgres:', 'postgresql:'], example).transform(readDatabaseUrl);

type Faults = { addIssue(issue: { code: 'custom'; message: string }): void };

/** `host:port,host:port`; an IPv6 address stands in brackets. */
export function readNodes(text: string, faults: Faults) {
  return text.split(',').map((entry) => {
    const [, ipv6, name, digits] = /^(?:\[([\da-f:.]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(entry.trim()) ?? [];
    const [host, port] = [ipv6 ?? name ?? '', Number(digits)];
    if (host === '' || !(port >= 1 && port <= 65_535)) {
      const message = `has the entry ${shown(entry.trim())}; write host:port,host:port, for example redis-1:6379,redis-2:6379`;
      faults.addIssue({ code: 'custom', message });
    }
    return { host, port };
  });
}

/**
 * node-postgres treats `prefer`, `require` and `verify-ca` as `verify-full`, and warns on standard error that it won't for
 * ever. To write what it does keeps that, without the warning. Files that are named have to be there when work begins.
 */
function readDatabaseUrl(text: string, faults: Faults): string {
  const address = new URL(text);
  const settings = address.searchParams;
  for (const name of ['sslrootcert', 'sslcert', 'sslkey']) {
    const path = settings.get(name);
    try {
      if (path) accessSync(path, constants.R_OK);
    } catch (error) {
      faults.addIssue({ code: 'custom', message: `names a file as ${name} that can't be read: ${messageOf(error)}` });
    }
  }
  // It takes the last one.
  const mode = settings.getAll('sslmode').at(-1) ?? '';
  if (settings.has('uselibpqcompat') || !['prefer', 'require', 'verify-ca'].includes(mode)) return text;
  settings.set('sslmode', 'verify-full');
  return address.href;
}

/** Numbers of one's own, with their country, whatever country others are of. They are not shown. */
export const testNumbers = z
  .string()
  .transform((text, faults) => {
    const read = compilePhoneNumberReader();
    const readings = text.split(',').map((number) => read(number.trim()));
    const digits = readings.flatMap((reading) => (reading.ok ? [reading.digits] : []));
    if (digits.length === readings.length) return digits;
    const message =
      'must be phone numbers with their country, commas between them, for example 6281234567890,6281234567891';
    faults.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .default([]);

export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
