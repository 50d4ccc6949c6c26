import type { FastifyRequest } from 'fastify';
import type { Config } from '../../config/config.js';

/** Where this admin is for people, without a slash at the end: as it is configured, or else as this browser or program has asked. */
export function adminAddress({ adminUrl }: Config, { protocol, host }: FastifyRequest): string {
  return adminUrl ?? `${protocol}://${host}`;
}
