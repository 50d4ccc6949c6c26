import { readFile } from 'node:fs/promises';

export interface Table {
  readonly columns: Record<string, { type: string; nullable: boolean; default: string | null }>;
  readonly primaryKey: string[];
  /** Columns of each unique index, and of each other one without a condition, by name. */
  readonly unique: Record<string, string[]>;
  readonly indexes: Record<string, string[]>;
  /** Written as `column -> table(column)`. */
  readonly foreignKeys: string[];
}

const types: Record<string, string> = {
  String: 'text',
  Int: 'integer',
  BigInt: 'bigint',
  Boolean: 'boolean',
  Json: 'jsonb',
  Bytes: 'bytea',
  '@db.Timestamptz(3)': 'timestamp(3) with time zone',
  '@db.Uuid': 'uuid',
  '@db.Bit(15991)': 'bit(15991)',
};

interface Field {
  readonly name: string;
  readonly column: string;
  readonly type: string;
  readonly optional: boolean;
  readonly list: boolean;
  readonly attributes: string;
}

interface Model {
  readonly table: string;
  readonly fields: Field[];
  readonly attributes: string[];
}

/**
 * The tables that schema.prisma asks for. It reads only the part of the language that our schema uses, and throws at a
 * type it doesn't know; Prisma itself can tell only by means of a program that it downloads.
 */
export async function tablesOf(schemaFile: string): Promise<Record<string, Table>> {
  const models = parseModels(await readFile(schemaFile, 'utf8'));
  return Object.fromEntries([...models.values()].map((model) => [model.table, tableOf(model, models)]));
}

function parseModels(text: string): Map<string, Model> {
  const models = new Map<string, Model>();
  for (const [, name = '', body = ''] of text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const lines = body.split('\n').map((line) => line.trim());
    const attributes = lines.filter((line) => line.startsWith('@@'));
    const fields = lines.filter((line) => /^\w/.test(line)).map(parseField);
    models.set(name, {
      table: quoted(attributes.find((line) => line.startsWith('@@map'))) ?? name,
      fields,
      attributes,
    });
  }
  return models;
}

function parseField(line: string): Field {
  const [, name = '', type = '', mark = '', attributes = ''] = /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line) ?? [];
  const column = quoted(/@map\([^)]*\)/.exec(attributes)?.[0]) ?? name;
  return { name, column, type, optional: mark === '?', list: mark === '[]', attributes };
}

function tableOf(model: Model, models: Map<string, Model>): Table {
  const scalars = model.fields.filter((field) => !models.has(field.type));
  const columnsOf = (list: string | undefined, of: Model = model): string[] =>
    (list ?? '').split(',').map((name) => {
      // How a column is compared in an index stands in parentheses behind it.
      const column = of.fields.find((field) => field.name === name.trim().replace(/\(.*\)$/, ''))?.column;
      if (column === undefined) throw new Error(`${of.table} has no field ${name}.`);
      return column;
    });
  const block = (kind: string): string[][] =>
    model.attributes.flatMap((line) => {
      const fields = new RegExp(`^@@${kind}\\(\\[([^\\]]+)\\]`).exec(line)?.[1];
      return fields === undefined ? [] : [columnsOf(fields)];
    });
  const marked = (attribute: string): string[][] =>
    scalars.filter((field) => new RegExp(`@${attribute}\\b`).test(field.attributes)).map((field) => [field.column]);
  const named = (suffix: string, lists: string[][]): Record<string, string[]> =>
    Object.fromEntries(lists.map((columns) => [[model.table, ...columns, suffix].join('_'), columns]));

  return {
    columns: Object.fromEntries(scalars.map((field) => [field.column, columnOf(field, model.table)])),
    primaryKey: [...marked('id'), ...block('id')].flat(),
    unique: named('key', [...marked('unique'), ...block('unique')]),
    indexes: named('idx', block('index')),
    foreignKeys: model.fields.flatMap((field) => {
      const [, from, to] =
        /@relation\((?:"\w+", )?fields: \[(.+?)\], references: \[(.+?)\]/.exec(field.attributes) ?? [];
      const target = models.get(field.type);
      return target === undefined || from === undefined
        ? []
        : [`${columnsOf(from)} -> ${target.table}(${columnsOf(to, target)})`];
    }),
  };
}

function columnOf({ type, optional, list, attributes }: Field, table: string): Table['columns'][string] {
  const native = /@db\.\w+(\(\d+\))?/.exec(attributes)?.[0];
  const sqlType = types[native ?? type];
  if (sqlType === undefined) throw new Error(`${table}: what ${native ?? type} is in Postgres is not known here.`);
  // A list has no NOT NULL in what Prisma generates.
  return { type: list ? `${sqlType}[]` : sqlType, nullable: optional || list, default: defaultOf(attributes) };
}

/** As Postgres writes it back, with a sequence's name left out. */
function defaultOf(attributes: string): string | null {
  const value = /@default\((.*?\)?)\)(?:\s|$)/.exec(attributes)?.[1];
  if (value === undefined) return null;
  if (value.startsWith('dbgenerated(')) return quoted(value) ?? null;
  if (value === 'now()') return 'CURRENT_TIMESTAMP';
  if (value === 'autoincrement()') return 'nextval';
  return value.startsWith('"') ? `'${value.slice(1, -1)}'::text` : value;
}

function quoted(text: string | undefined): string | undefined {
  return /"([^"]+)"/.exec(text ?? '')?.[1];
}
