import { UsageError } from '../../errors.js';

/** The port of commands that listen. */
export function readPort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError(`--port is ${JSON.stringify(text)}; write a port from 0 to 65535.`);
}
