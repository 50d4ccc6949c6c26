import { pino } from 'pino';
import type { LogLevel } from './config/environment.js';
import { maskPhoneNumbersIn } from './domain/numbers/mask-number.js';
import { isError } from './errors.js';
import { standardError } from './log-output.js';

export type Logger = pino.Logger;

/**
 * Logs go to standard error as JSON lines: standard output belongs to results.
 * Numbers are masked and secrets redacted here, once, so that no call can forget it. Logging never throws.
 */
export function createLogger(level: LogLevel, secrets: readonly (string | undefined)[] = []): Logger {
  const known = secrets.filter((secret): secret is string => secret !== undefined && secret.length >= 4);
  // The longest first: one may be the beginning of another.
  known.sort((a, b) => b.length - a.length);
  const clean = (text: string) =>
    maskPhoneNumbersIn(known.reduce((rest, secret) => rest.replaceAll(secret, '***'), text));
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => cleanFields(fields, clean) },
      hooks: {
        logMethod(args, method) {
          method.apply(this, args.map((arg) => (typeof arg === 'string' ? clean(arg) : arg)) as typeof args);
        },
      },
      serializers: { err: (error: unknown) => describeError(error, clean) },
    },
    standardError(),
  );
}

/** Fields that hold our own ids are digits too, and have to stay readable. */
const plain = /(Id|Number|Ms|At)$/;

function cleanFields(fields: Record<string, unknown>, clean: (text: string) => string): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (name !== 'phoneNumber' && plain.test(name)) return [name, value];
      return [name, typeof value === 'string' ? clean(value) : value];
    }),
  );
}

function describeError(error: unknown, clean: (text: string) => string): unknown {
  if (!isError(error)) return clean(String(error));
  const code = (error as { code?: unknown }).code;
  return {
    name: error.name,
    message: clean(error.message),
    ...(code === undefined ? {} : { code }),
    ...(error.stack === undefined ? {} : { stack: clean(error.stack) }),
  };
}
