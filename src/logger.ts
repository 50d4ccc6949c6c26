import { pino } from 'pino';
import type { LogLevel } from './config/environment.js';
import { maskPhoneNumbersIn } from './domain/numbers/mask-number.js';
import { isError, UsageError } from './errors.js';
import { standardError } from './log-output.js';

export type Logger = pino.Logger;

/** A logger of a program, as `pino` makes them: what Siaran needs of one. */
export type OwnLogger = {
  /** As it is when Siaran is opened: lines below it aren't made. */
  readonly level: string;
  /** Of no interest unless something is looked for. */
  debug(fields: object, message?: string): void;
  /** What happens. */
  info(fields: object, message?: string): void;
  /** What a person should look at some time. */
  warn(fields: object, message?: string): void;
  /** What a person should look at now. */
  error(fields: object, message?: string): void;
};

const methods = ['debug', 'info', 'warn', 'error'] as const;

/** @throws {UsageError} */
export function assertLogger(logger: OwnLogger): void {
  const given = logger as Partial<OwnLogger> | null;
  if (typeof given?.level !== 'string' || methods.some((name) => typeof given[name] !== 'function'))
    throw new UsageError(`logger must be a logger of pino, or have its level and its methods ${methods.join(', ')}.`);
}

/**
 * Logs go to standard error as JSON lines: standard output belongs to results. Or they go to the program's own logger.
 * Numbers are masked and secrets redacted here, once, so that no call can forget it. Logging never throws.
 */
export function createLogger(
  logLevel: LogLevel,
  secrets: readonly (string | undefined)[] = [],
  own?: OwnLogger,
): Logger {
  const level = own
    ? Object.hasOwn(pino.levels.values, own.level) || own.level === 'silent'
      ? own.level
      : 'debug'
    : logLevel;
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
    own ? { write: (line) => handOver(line, own) } : standardError(),
  );
}

/** A line as it would stand in our log, children's fields and errors included; time and level are the program's to write. */
function handOver(line: string, own: OwnLogger): void {
  try {
    const { level, time: _, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const method = level === 'trace' ? 'debug' : level === 'fatal' ? 'error' : (level as (typeof methods)[number]);
    own[method](fields, msg as string);
  } catch {
    // A log that can't be written ends no step.
  }
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
