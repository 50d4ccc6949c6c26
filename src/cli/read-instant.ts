import { UsageError } from '../errors.js';

/** An option's instant. @throws {UsageError} */
export function readInstant(text: string): Date {
  const ms = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms))
    throw new UsageError(`${JSON.stringify(text)} is no instant; write for example 2026-12-01T09:00:00Z.`);
  return new Date(ms);
}
