import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import openapiTypescript, { astToString } from 'openapi-typescript';

const document = new URL('../../docs/reference/openapi.json', import.meta.url);

/** Where the tests' client finds its types. */
export const typesFile = new URL('../../test/support/api-types.d.ts', import.meta.url);

/** The types of the document, and above them of which document they are: a test compares that, without what makes them. */
export async function makeTypes() {
  const digest = createHash('sha256').update(readFileSync(document)).digest('hex');
  const types = astToString(await openapiTypescript(document));
  return `// Made by \`npm run api-document\` from docs/reference/openapi.json, whose SHA-256 is\n// ${digest}\n\n${types}`;
}
