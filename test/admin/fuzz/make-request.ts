import { type Document, type Operation, resolved, type Schema } from '../../../src/admin/document/document.js';
import type { Random } from '../../kill/scenes/random.js';
import { tokens } from '../../support/admin.js';
import type { Described } from '../document/lacks.js';
import { boundaryValue, encoded, hostileParameter, hostileValue } from './values.js';

/** A request that the document describes, with something in it that it does not. */
export type FuzzRequest = Described & {
  url: string;
  headers: Record<string, string>;
  payload: string | Buffer | undefined;
};

/** What is there to be asked for: ids by the names of the parameters and fields that hold them. */
export type Known = Readonly<Record<string, unknown>>;

type Place =
  | { in: 'path' | 'query' | 'header'; name: string; schema: Schema }
  | { in: 'body'; at: readonly (string | number)[]; schema: Schema };

/** Longer ones are refused before it is known which operation they are for. */
const longestUrl = 12_000;

const bodies = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '1e999',
  '{"a":1}{"b":2}',
  '{"__proto__":{"a":1}}',
  '\u0000',
  '\ufeff{}',
  `{"name":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
];
const bytes = [
  Buffer.from('\ufeffphone_number\n6281234567890\n', 'utf16le'),
  Buffer.from([0x1f, 0x8b, 0x08, 0x00, 0x00]),
  Buffer.from([0xff, 0xfe, 0x00, 0xd8]),
  Buffer.from('phone_number,customer_name,body_variable1\n"6281234567890,a\n'),
  Buffer.from('{"phone_number":"6281234567890"\n\n[1]\nnull\n{"__proto__":1}\n'),
  Buffer.from('\0'.repeat(2_000)),
  Buffer.alloc(0),
];
const types = [
  'text/plain',
  'application/xml',
  'application/x-www-form-urlencoded',
  'application/json; charset=utf-16',
  '/',
];

/** @param visit how often the operation was asked before: each time another of its places has the odd value */
export function makeRequest(
  { path, method, operation }: Described,
  { document, known, dice, visit }: { document: Document; known: Known; dice: Random; visit: number },
): FuzzRequest {
  const json = operation.requestBody?.content['application/json'];
  const places = [...parameterPlaces(operation), ...(json?.schema ? bodyPlaces(json.schema, document) : [])];
  const odd = places.length === 0 ? [] : [places[visit % places.length] as Place];
  if (dice.next() < 0.1 && places.length > 0) odd.push(dice.pick(places));
  const isRight = dice.next() < 0.25;
  const oddOf = (schema: Schema) =>
    dice.next() < 0.3 ? boundaryValue(resolved(schema, document), dice) : hostileValue(dice);
  const oddAt = (place: Place['in'], name: string) =>
    !isRight && odd.some((each) => each.in === place && each.in !== 'body' && each.name === name);
  const parameters = operation.parameters ?? [];

  const headers: Record<string, string> = {};
  const query: string[] = [];
  let filled = path;
  for (const { name, in: place, required, schema = {}, example } of parameters) {
    const right = String(known[name] ?? example ?? 'text');
    const isOdd = oddAt(place as Place['in'], name);
    const text = isOdd ? hostileParameter(dice) : encoded(right);
    if (place === 'path') filled = filled.replace(`{${name}}`, () => text);
    if (place === 'query' && isOdd && dice.next() < 0.2) query.push(`${name}=${text}`, `${name}[]=${text}`);
    if (place === 'query' && (isOdd || required || dice.next() < 0.15))
      query.push(
        `${name}=${isOdd && dice.next() < 0.3 ? encoded(String(boundaryValue(schema, dice)).slice(0, 2_000)) : text}`,
      );
    if (place === 'header' && (isOdd || dice.next() < 0.3)) headers[name] = isOdd ? text : right;
  }
  if (!isRight && dice.next() < 0.05) query.push('nobody=1');

  const payload = payloadOf();
  const token = dice.next() < 0.85 ? tokens.owner : dice.pick([tokens.operator, tokens.analyst, tokens.viewer, '']);
  if (token !== '') headers.authorization = `Bearer ${token}`;
  const url = (filled + (query.length > 0 ? `?${query.join('&')}` : '')).slice(0, longestUrl);
  return { path, method, operation, url, headers, payload };

  function payloadOf(): string | Buffer | undefined {
    const contents = Object.entries(operation.requestBody?.content ?? {});
    if (contents.length === 0) return undefined;
    const [type, { schema, example } = {}] = dice.pick(contents);
    headers['content-type'] = !isRight && dice.next() < 0.03 ? dice.pick(types) : type;
    if (type !== 'application/json') return isRight || dice.next() < 0.3 ? String(example) : dice.pick(bytes);
    if (!isRight && dice.next() < 0.05) return dice.pick(bodies);
    const fields = { ...known, name: `${known.name}-${dice.between(0, 1e9)}` };
    const isSampled = dice.next() < 0.3;
    const whole = isSampled ? sampleOf(schema ?? {}, { document, known: fields, dice }) : withKnown(example, fields);
    const takesWait = resolved(schema ?? {}, document).properties?.wait !== undefined;
    // Nobody sends what is handed in here.
    let body = takesWait ? setAt(whole, ['wait'], '1ms') : whole;
    if (!isRight) for (const place of odd) if (place.in === 'body') body = setAt(body, place.at, oddOf(place.schema));
    if (!isRight && dice.next() < 0.05) body = setAt(body, ['nobody'], 1);
    return JSON.stringify(body);
  }
}

function parameterPlaces({ parameters = [] }: Operation): Place[] {
  return parameters.map(({ name, in: place, schema = {} }) => ({ in: place as 'path', name, schema }));
}

/** Each place of a body, the whole of it first. */
function bodyPlaces(given: Schema, document: Document, at: readonly (string | number)[] = []): Place[] {
  const schema = resolved(given, document);
  if (at.length > 5) return [];
  return [
    { in: 'body', at, schema },
    ...Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => bodyPlaces(inner, document, [...at, key])),
    ...(schema.items ? bodyPlaces(schema.items, document, [...at, 0]) : []),
    ...(schema.anyOf ?? []).flatMap((inner) =>
      bodyPlaces(inner, document, at).filter((place) => 'at' in place && place.at.length > at.length),
    ),
  ];
}

/** Something that might be right, without some of what may be left out. */
function sampleOf(given: Schema, by: { document: Document; known: Known; dice: Random }, name = ''): unknown {
  if (name in by.known) return by.known[name];
  const schema = resolved(given, by.document);
  if (schema.const !== undefined) return schema.const;
  if (schema.anyOf) return sampleOf(by.dice.pick(schema.anyOf), by, name);
  if (schema.enum) return by.dice.pick(schema.enum);
  if (schema.type === 'array') return [sampleOf(schema.items ?? {}, by, name)];
  if (schema.type === 'integer' || schema.type === 'number') return Math.max(schema.minimum ?? 1, 1);
  if (schema.type === 'boolean') return by.dice.next() < 0.5;
  if (schema.type === 'null') return null;
  if (/At$|^since$|^until$/.test(name)) return '2027-01-05T02:00:00Z';
  if (!schema.properties) return schema.type === 'object' ? {} : 'text';
  const isThere = (key: string) => schema.required?.includes(key) || by.dice.next() < 0.3;
  const fields = Object.entries(schema.properties).filter(([key]) => isThere(key));
  return Object.fromEntries(fields.map(([key, inner]) => [key, sampleOf(inner, by, key)]));
}

function withKnown(example: unknown, known: Known): unknown {
  if (typeof example !== 'object' || example === null || Array.isArray(example)) return example;
  const fields = Object.entries(example).map(([key, value]) => [key, key in known ? known[key] : value] as const);
  return Object.fromEntries(fields);
}

function setAt(whole: unknown, [first, ...rest]: readonly (string | number)[], value: unknown): unknown {
  if (first === undefined) return value;
  if (typeof first === 'number') return [setAt(Array.isArray(whole) ? whole[0] : undefined, rest, value)];
  const fields = typeof whole === 'object' && whole !== null && !Array.isArray(whole) ? whole : {};
  return { ...fields, [first]: setAt((fields as Record<string, unknown>)[first], rest, value) };
}
