import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const root = new URL('../../../', import.meta.url);

test('the types of the tests’ client are made from the document that the server serves', () => {
  const document = readFileSync(new URL('docs/reference/openapi.json', root));
  const types = readFileSync(new URL('test/support/api-types.d.ts', root), 'utf8');
  // `npm run api-document` makes them anew; `npm run lint` makes them once more, and compares the whole.
  expect(types.split('\n', 2)[1]).toBe(`// ${createHash('sha256').update(document).digest('hex')}`);
});
