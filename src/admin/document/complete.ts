import { isDeepStrictEqual } from 'node:util';
import type { Content, Document, Operation, Response, Schema } from './document.js';
import { addExamples } from './examples.js';
import { addProblemComponents, addProblems } from './problems.js';

/** What every operation has, so that no route has to say it: names of its own bodies, problems, examples, and words. */
export function completeDocument(document: Document): Document {
  document.components.schemas ??= {};
  addProblemComponents(document);
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(methods)) {
      completeBody(operation);
      nameBodies(operation, document);
      describeAnswers(operation);
      addProblems(operation, method, path);
      addExamples(operation, document);
    }
  dropUnused(document);
  return document;
}

function completeBody(operation: Operation): void {
  const streamed = operation['x-body'];
  delete operation['x-body'];
  if (streamed) operation.requestBody = { required: true, content: streamed };
  for (const parameter of operation.parameters ?? [])
    if (parameter.in === 'header')
      parameter.name = parameter.name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
  const { requestBody } = operation;
  const body = requestBody?.content['application/json'];
  const kinds = body?.schema?.anyOf;
  if (!requestBody || !body || !kinds?.some(({ type }) => type === 'null')) return;
  // A change that needs no field needs no body either.
  requestBody.required = false;
  const [only, ...others] = kinds.filter(({ type }) => type !== 'null');
  if (only && others.length === 0) body.schema = only;
}

/** The bodies that are only one operation's become components too: a generator of clients gives them this name. */
function nameBodies(operation: Operation, { components: { schemas } }: Document): void {
  const { operationId = 'unnamed', requestBody, responses } = operation;
  const own = operationId.replace(/^./, (letter) => letter.toUpperCase());
  const name = (schema: Schema, as: string): Schema => {
    if (schema.$ref !== undefined || (!schema.properties && !schema.anyOf)) return schema;
    // 200 and 201 have the same body, where what is made may be there already.
    if (schemas[as] && !isDeepStrictEqual(schemas[as], schema)) throw new Error(`two schemas are named ${as}`);
    schemas[as] = schema;
    return { $ref: `#/components/schemas/${as}` };
  };
  const nameIn = (content: Content | undefined, as: string) => {
    const body = content?.['application/json'];
    if (!body?.schema) return;
    const { items } = body.schema;
    body.schema = items ? { ...body.schema, items: name(items, `${as}Item`) } : name(body.schema, as);
  };
  nameIn(requestBody?.content, `${own}Request`);
  for (const { content } of Object.values(responses)) nameIn(content, `${own}Response`);
}

const words: Readonly<Record<string, string>> = {
  200: 'What was asked for, or what came of it.',
  201: 'It was made.',
  204: 'It is done, and there is nothing to tell.',
};

function describeAnswers({ responses }: Operation): void {
  for (const [status, response] of Object.entries(responses) as [string, Response][]) {
    if (response.description === 'Default Response') response.description = words[status] ?? status;
    // An answer without a body has no content type.
    if (status === '204') delete response.content;
  }
}

/** Names exist for what is asked with and for what is answered with; few schemas are both. */
function dropUnused(document: Document): void {
  const { schemas } = document.components;
  for (;;) {
    const used = new Set(JSON.stringify(document).match(/#\/components\/schemas\/[\w.-]+/g));
    const unused = Object.keys(schemas).filter((name) => !used.has(`#/components/schemas/${name}`));
    if (unused.length === 0) return;
    for (const name of unused) delete schemas[name];
  }
}
