import swagger from '@fastify/swagger';
import type { FastifyInstance, RouteOptions } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import * as z from 'zod';
import { completeDocument } from './complete.js';
import type { Document } from './document.js';
import { nameSchemas } from './names.js';

const info = {
  title: 'Siaran',
  version: '1',
  description:
    'WhatsApp template broadcasts through Qiscus: runs, batches, campaigns, recipients. Send a token as bearer. Everything that is refused is answered with problem details (RFC 9457), whose `code` is stable.',
  contact: { name: 'The operators of this installation' },
  license: { name: 'Unlicensed', identifier: 'LicenseRef-UNLICENSED' },
};

const tags = [
  { name: 'operations', description: 'What is about everything at once: stops, holds, the audit log.' },
  { name: 'runs', description: 'What is sent, and what became of it.' },
  { name: 'batches', description: 'At most 1,000 recipients of a run: one broadcast.' },
  { name: 'templates', description: 'What broadcasts are made from.' },
  { name: 'drafts', description: 'Broadcasts that somebody is making.' },
  { name: 'campaigns', description: 'What is sent again and again, on a schedule.' },
  { name: 'recipients', description: 'People by their number.' },
  { name: 'suppression list', description: 'Numbers that are never messaged.' },
  { name: 'sessions', description: 'Browsers that are logged in.' },
  { name: 'people', description: 'Users, and the tokens of their programs.' },
];

const securitySchemes = {
  token: { type: 'http', scheme: 'bearer', description: 'the token of a program' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: '__Host-siaran_session',
    description: 'the session of a browser; without the prefix `__Host-` where the admin is reached by plain http',
  },
} as const;

/** Describes every route of the API: `app.swagger()` is the document. Call it before routes are added. */
export async function openDocument(app: FastifyInstance): Promise<void> {
  nameSchemas();
  const config = { zodToJsonConfig: { override: describeInput } };
  const toJson = createJsonSchemaTransform(config);
  const namesToJson = createJsonSchemaTransformObject(config);
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info,
      tags,
      servers: [{ url: '/', description: 'this admin' }],
      security: [{ token: [] }, { session: [] }],
      components: { securitySchemes },
    },
    transform: (given) => {
      const { schema, url } = toJson(given);
      const described = { ...schema, ...wordsOf(given.route) };
      return { schema: schema.hide ? schema : described, url };
    },
    transformObject: (given) => completeDocument(namesToJson(given) as unknown as Document) as never,
  });
}

function wordsOf({ schema, method, config = {} }: RouteOptions): { description: string } {
  const { summary = '', description } = schema ?? {};
  const about = description ?? `${summary}.`;
  return { description: `${about} ${whoMay(String(method), config)}` };
}

function whoMay(
  method: string,
  { owner, approver, operator, lookUp, looks, own }: NonNullable<RouteOptions['config']>,
) {
  if (owner) return 'For owners.';
  if (approver) return 'For approvers and owners.';
  if (lookUp) return 'For viewers, a few times a minute, and for operators, approvers and owners.';
  const isChange = method !== 'GET' && !looks && !own;
  return isChange || operator ? 'For operators, approvers and owners.' : 'For every role.';
}

type Override = { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema };

/** What zod can't say by itself: what a filter that may be left empty takes. */
function describeInput({ zodSchema, jsonSchema }: Override): void {
  const { def } = (zodSchema as z.core.$ZodTypes)._zod;
  if (def.type !== 'pipe' || (def.in as z.core.$ZodTypes)._zod.def.type !== 'transform') return;
  const { $schema, ...taken } = z.toJSONSchema(def.out, {
    io: 'input',
    unrepresentable: 'any',
    override: describeInput,
  });
  Object.assign(jsonSchema, taken, jsonSchema);
}
