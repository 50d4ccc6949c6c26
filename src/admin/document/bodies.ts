import * as z from 'zod';
import type { Content } from './document.js';

declare module 'fastify' {
  interface FastifySchema {
    /** What the document says of a body that its handler reads as a stream. */
    'x-body'?: Content;
  }
}

/** What a handler writes as a stream is text to who reads it. */
const text = (description: string) => z.unknown().meta({ type: 'string', description });

/** An answer that is a file of CSV. */
export const csvAnswer = (description: string) => ({
  200: { description, content: { 'text/csv': { schema: text('a header line, then a line a row') } } },
});

/** An answer that goes on for as long as its reader listens. */
export const eventsAnswer = (description: string) => ({
  200: { description, content: { 'text/event-stream': { schema: text('server-sent events') } } },
});

/** Recipients, as their handler reads them. */
export const recipientsBody: Content = {
  'text/csv': {
    schema: { type: 'string', description: 'a header line with the columns, then a line a recipient' },
    example: 'phone_number,body_variable1\n6281234567890,INV-0001\n',
  },
  'application/x-ndjson': {
    schema: { type: 'string', description: 'a JSON object a line, with a value for each column' },
    example: '{"phone_number":"6281234567890","body_variable1":"INV-0001"}\n',
  },
};

/** The header that takes the place of a key. Other headers are left as they are. */
export const keyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .max(10_000)
    .optional()
    .describe('sent again with the same key, the request changes nothing more'),
});
