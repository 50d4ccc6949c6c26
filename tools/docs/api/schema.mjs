/** @returns text that Markdown, its tables and Vue take as it stands; what is between backquotes stays code. */
export const asText = (text) =>
  text
    .split(/(`[^`]*`)/)
    .map((part, at) =>
      at % 2 === 1 ? part : part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('{', '&#123;'),
    )
    .join('')
    .replaceAll('|', '\\|')
    .replaceAll(/\s+/g, ' ');

/** @returns a link to the section of a named schema. */
export const linkTo = (reference) => {
  const name = reference.split('/').at(-1);
  return `[${name}](#schema-${name})`;
};

const code = (value) => `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``.replaceAll('|', '\\|');
const alternativesOf = (schema) => schema.anyOf ?? schema.oneOf;

/** @returns what a value is, in a few words. */
export function typeOf(schema) {
  if (schema.$ref) return linkTo(schema.$ref);
  if ('const' in schema) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  const alternatives = alternativesOf(schema);
  if (alternatives) return [...new Set(alternatives.map(typeOf))].join(' or ');
  if (schema.type === undefined) return 'anything';
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  if (!schema.properties && typeof schema.additionalProperties === 'object') {
    return `object with values: ${typeOf(schema.additionalProperties)}`;
  }
  return [schema.format ?? schema.type].flat().join(' or ');
}

const bounds = {
  minimum: (value) => `at least ${value}`,
  exclusiveMinimum: (value) => `more than ${value}`,
  maximum: (value) => (value === Number.MAX_SAFE_INTEGER ? undefined : `at most ${value.toLocaleString('en')}`),
  minLength: (value) => `at least ${value} ${value === 1 ? 'character' : 'characters'}`,
  maxLength: (value) => `at most ${value.toLocaleString('en')} characters`,
  minItems: (value) => `at least ${value} of them`,
  maxItems: (value) => `at most ${value} of them`,
  default: (value) => `${code(value)} unless given`,
};

const boundsOf = (schema) =>
  Object.entries(bounds).flatMap(([name, tell]) => (name in schema ? (tell(schema[name]) ?? []) : []));

/** @returns what a value is: its type, its description, and the bounds of it or of its alternatives. */
export function describe(schema, description) {
  const parts = [{ description }, schema, ...(alternativesOf(schema) ?? []), ...(schema.items ? [schema.items] : [])];
  const told = parts.find((one) => one.description)?.description;
  const notes = [...(told ? [asText(told)] : []), ...new Set(parts.flatMap(boundsOf))];
  return [typeOf(schema), ...(notes.length > 0 ? [notes.join('; ')] : [])].join(': ');
}

/** A name in a table, which may break behind a dot: on a phone it would push what it is out of sight. */
const nameOf = (name) => `<code>${name.replaceAll('*', '&#42;').replaceAll('.', '.<wbr>')}</code>`;

/** @returns a table of names and what each of them is. */
export const tableOf = (title, rows) =>
  [`| ${title} | what it is |`, '| --- | --- |', ...rows.map(([name, what]) => `| ${nameOf(name)} | ${what} |`)].join(
    '\n',
  );

const flat = (schema) => alternativesOf(schema)?.flatMap(flat) ?? [schema];

/** The objects that a value may be, or a list of it may hold, each with what its path is called. */
function objectsIn(schema, path) {
  const found = flat(schema).flatMap((one) => {
    if (one.properties) return [{ schema: one, path }];
    if (one.type === 'array') return objectsIn(one.items, `${path}[]`);
    return typeof one.additionalProperties === 'object' ? objectsIn(one.additionalProperties, `${path}.*`) : [];
  });
  return found.length > 1
    ? found.map((one, at) => ({ ...one, path: `${one.path}(${at + 1} of ${found.length})` }))
    : found;
}

function rowsOf(schema, above) {
  return Object.entries(schema.properties).flatMap(([name, value]) => {
    const path = above ? `${above}.${name}` : name;
    const isNeeded = schema.required?.includes(name);
    return [
      [isNeeded ? path : `${path}?`, describe(value)],
      ...objectsIn(value, path).flatMap((one) => rowsOf(one.schema, one.path)),
    ];
  });
}

/** @returns the section of a schema: a table of its fields, those of objects in it included. */
export function schemaSection(name, schema) {
  const tables = objectsIn(schema, '').map((one) => {
    const rows = rowsOf(one.schema, '');
    return rows.length > 0 ? tableOf('field', rows) : 'It has no fields.';
  });
  const told = schema.description ? asText(schema.description) : '';
  const body = tables.length > 0 ? tables.join('\n\nor:\n\n') : typeOf(schema);
  return [`### ${name} {#schema-${name}}`, told, body].filter(Boolean).join('\n\n');
}
