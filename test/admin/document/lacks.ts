import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Content, Document, Operation, Response, Schema } from '../../../src/admin/document/document.js';

/** Holds values to the schemas of the document. */
export function openValidator(document: Document) {
  const ajv = new Ajv2020({ strict: false, allErrors: false, validateFormats: true });
  formats.default(ajv);
  ajv.addSchema(document, 'document');
  const compiled = new Map<Schema, ReturnType<typeof ajv.compile>>();
  return {
    /** Why the value isn't as the schema has it, if it isn't. */
    fault(schema: Schema, value: unknown): string | undefined {
      const check =
        compiled.get(schema) ??
        ajv.compile(
          JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"document#/components/')) as object,
        );
      compiled.set(schema, check);
      return check(value) ? undefined : ajv.errorsText(check.errors);
    },
  };
}

/** What a response says, also if it only refers to one that several operations have. */
export function responseOf(document: Document, response: Response): Response {
  const name = response.$ref?.split('/').at(-1);
  return name === undefined ? response : (document.components.responses[name] ?? {});
}

export type Described = { path: string; method: string; operation: Operation };

export function operationsOf({ paths }: Document): Described[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** What each operation of the document lacks, named, and how a route gets it. */
export function lacksOf(document: Document): string[] {
  const { fault } = openValidator(document);
  const tags = new Set((document as Document & { tags: { name: string }[] }).tags.map(({ name }) => name));
  const ids = new Map<string, string>();
  return operationsOf(document).flatMap(({ path, method, operation }) => {
    const lacks: string[] = [];
    const need = (isThere: unknown, what: string) => {
      if (!isThere) lacks.push(`${method.toUpperCase()} ${path} ${what}`);
    };
    const { operationId, summary, tags: own = [], parameters = [], requestBody, responses } = operation;
    need(
      /^[a-z][A-Za-z]+$/.test(operationId ?? ''),
      "lacks an `operationId` in its schema, a verb and a noun: 'pauseRun'",
    );
    need(!ids.has(operationId ?? ''), `has the \`operationId\` of ${ids.get(operationId ?? '')}`);
    ids.set(operationId ?? '', `${method.toUpperCase()} ${path}`);
    need(summary, 'lacks a `summary` in its schema');
    need(own.length === 1 && own.every((tag) => tags.has(tag)), 'lacks a tag of src/admin/document/open-document.ts');
    const done = Object.entries(responses).filter(([status]) => status.startsWith('2'));
    for (const [status, { content }] of done)
      need(
        status === '204' || content,
        `lacks a schema of its answer ${status}: see src/admin/document/bodies.ts for streams`,
      );
    for (const status of [400, 401, 403, 429, 500, 503]) need(responses[status], `lacks the problem ${status}`);
    for (const { name, example, schema = {} } of parameters) {
      const why = example === undefined ? 'there is none' : fault(schema, example);
      need(why === undefined, `lacks a right example of ${name}: ${why}`);
    }
    const bodies: [string, Content | undefined][] = [['its body', requestBody?.content]];
    for (const [status, { content }] of done) bodies.push([`its answer ${status}`, content]);
    for (const [what, content = {}] of bodies)
      for (const [type, { schema, example }] of Object.entries(content)) {
        const why = example === undefined ? 'there is none' : fault(schema ?? {}, example);
        need(why === undefined, `lacks a right example of ${what} as ${type}: ${why}`);
        need(
          type !== 'application/json' || isNamed(schema),
          `lacks a name for ${what}: see src/admin/document/names.ts`,
        );
      }
    return lacks;
  });
}

const isNamed = (schema: Schema = {}): boolean =>
  schema.$ref !== undefined || (schema.items !== undefined && isNamed(schema.items));
