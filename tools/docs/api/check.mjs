// Looks at the page of the API as it was built: every operation, parameter, body, answer and schema of the document has its place in
// it, every link within it leads somewhere, and it loads nothing from elsewhere.
import { readFileSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);
const { paths, components } = JSON.parse(readFileSync(new URL('docs/reference/openapi.json', root), 'utf8'));
const html = readFileSync(new URL('.siaran/site/docs/reference/api.html', root), 'utf8');
const anchors = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));

/** What stands from a heading to the next one, without its tags. */
function sectionOf(anchor) {
  const [, section] = html.match(new RegExp(`<h\\d id="${anchor}"([\\s\\S]*?)(?=<h\\d|</main>)`)) ?? [];
  return section?.replaceAll('<wbr>', '').replaceAll(/<[^>]+>/g, ' ');
}

function lacking(anchor, words) {
  const section = sectionOf(anchor);
  if (section === undefined) return [`the page has no section ${anchor}`];
  return words.filter((word) => !section.includes(word)).map((word) => `the section ${anchor} doesn't tell of ${word}`);
}

const namesOf = (reference) => (reference ? [reference.split('/').at(-1)] : []);
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);
const faults = [
  ...operations.flatMap(({ path, method, operation: { operationId, parameters = [], requestBody, responses } }) => {
    const contents = [requestBody, ...Object.values(responses)].flatMap((one) => Object.entries(one?.content ?? {}));
    return lacking(operationId, [
      `${method.toUpperCase()} ${path}`,
      ...parameters.map(({ name }) => name),
      ...Object.keys(responses),
      ...contents.flatMap(([type, { schema }]) => [type, ...namesOf(schema.$ref ?? schema.items?.$ref)]),
    ]);
  }),
  ...Object.entries(components.schemas).flatMap(([name, { properties = {} }]) =>
    lacking(`schema-${name}`, Object.keys(properties)),
  ),
  ...[...html.matchAll(/ href="#([^"]+)"/g)]
    .filter(([, anchor]) => !anchors.has(decodeURIComponent(anchor)))
    .map(([, anchor]) => `the page has a link to #${anchor}, which it doesn't have`),
  ...[...html.matchAll(/<(?:script|link|img|iframe|style)[^>]*(?:src|href)="((?:https?:)?\/\/[^"]+)"/g)].map(
    ([, address]) => `the page loads ${address}`,
  ),
];
for (const fault of faults) console.error(fault);
console.log(`API page: ${operations.length} operations, ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`);
process.exitCode = operations.length > 0 && faults.length === 0 ? 0 : 1;
