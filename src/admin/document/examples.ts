import { type Content, type Document, type Operation, resolved, type Schema } from './document.js';

/** What fields mean is told by their names, the same everywhere. */
const byName: Readonly<Record<string, unknown>> = {
  account: 'default',
  actor: 'ada',
  after: '24h',
  approvedBy: 'bea',
  audience: 'named:customers',
  batchId: 'r7k2m0q9x-0001',
  broadcastName: '[r7k2m0q9x-0001.1] Payment reminders',
  by: 'ada',
  campaign: 'Weekly reminders',
  code: '131026',
  cursor: 'r7k2m0q9x',
  dailyLimit: 10_000,
  draftId: '0b0c1d7e-4f5a-4b6c-8d9e-0f1a2b3c4d5e',
  email: 'ada@example.com',
  error: 'Qiscus answered 400: template is paused',
  failure: 'the template is paused',
  id: 'r7k2m0q9x',
  'Idempotency-Key': 'reminders-2026-12',
  ifState: 'b1946ac92492d234',
  ignoreColumns: 'Notes,City',
  key: 'reminders-2026-12',
  label: 'the billing system',
  language: 'id',
  map: 'Phone Number=phone_number',
  name: 'Payment reminders',
  namespace: '4d1f8c5e_7a7b_4f0e',
  next: 'r7k2m0q9w',
  opensAt: 540,
  closesAt: 1_020,
  days: 1,
  pace: '10000/1h',
  phoneNumber: '6281234567890',
  prepareAhead: '1h',
  reason: 'seen at Qiscus',
  runId: 'r7k2m0q9x',
  schedule: '0 9 * * mon',
  source: 'crm',
  startedBy: 'ada',
  state: 'b1946ac92492d234',
  stoppedBy: 'ada',
  template: 'payment_reminder:id',
  templateDetailId: 172,
  templateName: 'payment_reminder',
  text: 'Pay your invoice INV-0001.',
  timeZone: 'Asia/Jakarta',
  'Upload-Offset': '0',
  'Upload-Before': 'cGhvbmVfbnVtYmVyCg==',
  uploadId: '7c2d9f10-3b1e-4a52-9f0d-5a6b7c8d9e0f',
  url: 'https://admin.example.com/invitation/4f1c',
  user: 'ada',
  wait: '10s',
  window: '09:00-17:00',
  windowDays: '1-5',
};

const inTime = '2026-12-01T02:00:00.000Z';

/** How deep an example goes down: beyond, lists are empty. */
const deepest = 6;

/** A value as the schema has it, the same each time. */
function exampleOf(schema: Schema, document: Document, name = '', depth = 0): unknown {
  const { anyOf, oneOf, allOf, items, properties, additionalProperties, type, format, ...rest } = resolved(
    schema,
    document,
  );
  if (rest.examples) return rest.examples[0];
  if (rest.const !== undefined) return rest.const;
  if (rest.enum) return rest.enum[0];
  const [first] = anyOf ?? oneOf ?? [];
  if (first) return exampleOf(first, document, name, depth);
  if (allOf) return Object.assign({}, ...allOf.map((part) => exampleOf(part, document, name, depth)));
  const kind = Array.isArray(type) ? type[0] : type;
  if (properties)
    return Object.fromEntries(
      Object.entries(properties).map(([key, inner]) => [key, exampleOf(inner, document, key, depth + 1)]),
    );
  const known = byName[name];
  switch (kind) {
    case 'object':
      return typeof additionalProperties === 'object'
        ? { phone_number: exampleOf(additionalProperties, document, 'phoneNumber', depth + 1) }
        : {};
    case 'array':
      if (depth >= deepest && !rest.minItems) return [];
      return [exampleOf(items ?? {}, document, name.replace(/s$/, ''), depth + 1)];
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'integer':
    case 'number':
      if (typeof known === 'number') return known;
      return typeof rest.default === 'number' ? rest.default : Math.max(rest.minimum ?? 1, 1);
    case 'string':
      if (format === 'date-time' || /(At|since|until|^at|^hour|asOf|firesNext)$/.test(name)) return inTime;
      return fitting(
        typeof known === 'string' ? known : name.replaceAll(/(?=[A-Z])/g, ' ').toLowerCase() || 'text',
        rest,
      );
    default:
      return known ?? {};
  }
}

function fitting(text: string, { pattern, maxLength }: Schema): string {
  const short = text.slice(0, maxLength);
  return pattern === undefined || new RegExp(pattern).test(short) ? short : '2026-12-01';
}

/** Gives each parameter and body of the operation an example, but what has one. */
export function addExamples(operation: Operation, document: Document): void {
  for (const parameter of operation.parameters ?? [])
    parameter.example ??= exampleOf(parameter.schema ?? {}, document, parameter.name);
  addExample(operation.requestBody?.content ?? {}, document, asAsked);
  for (const { content } of Object.values(operation.responses)) addExample(content ?? {}, document);
}

const streams: Readonly<Record<string, string>> = {
  'text/csv': 'phone_number,status\n6281234567890,read\n',
  'text/event-stream':
    ': hello\n\nevent: run\ndata: {"id":"r7k2m0q9x","status":"finished"}\n\nevent: end\ndata: {}\n\n',
};

function addExample(content: Content, document: Document, schemaOf = (schema: Schema) => schema): void {
  for (const [type, body] of Object.entries(content))
    body.example ??= streams[type] ?? exampleOf(schemaOf(resolved(body.schema ?? {}, document)), document);
}

/** All fields at once contradict each other: a request has those that it must have, or else the first. */
function asAsked({ anyOf, ...schema }: Schema): Schema {
  const { properties, required = [] } = anyOf?.[0] ?? schema;
  if (schema.examples || !properties) return schema;
  const first = Object.keys(properties).slice(0, 1);
  const names = required.length > 0 ? required : first;
  return { properties: Object.fromEntries(names.map((name) => [name, properties[name] ?? {}])) };
}
