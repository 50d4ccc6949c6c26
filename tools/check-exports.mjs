// Checks that what a file of src/ or workers/ exports is used elsewhere. `--fix` takes needless `export`s away.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
// The compiler that the project builds with has no API to ask; the one that ESLint needs has.
const ts = createRequire(join(root, 'tools/lint/package.json'))('typescript');

/** What others than this repository's files use: programs, the browser, and the shell. */
const entries = new Set(['src/index.ts', 'src/cli/main.ts', 'src/cli/program.ts', 'workers/main.ts']);
const checked = ['src', 'workers'];
const users = [...checked, 'test', 'bench', 'tools', 'examples'];

const files = new Map(users.flatMap((folder) => filesOf(folder)).map((path) => [path, read(path)]));

/** Who uses what of which file: `path name` → paths. `*` stands for all of it. */
const uses = new Map();
for (const [path, { imports }] of files)
  for (const { from, name } of imports) {
    const key = `${from} ${name}`;
    uses.set(key, (uses.get(key) ?? new Set()).add(path));
  }

const faults = [];
let exportsSeen = 0;
for (const [path, { source, exports }] of files) {
  if (
    !checked.some((folder) => path.startsWith(`${folder}/`)) ||
    entries.has(path) ||
    path.startsWith('src/generated/')
  )
    continue;
  for (const one of exports) {
    exportsSeen += 1;
    const by = [...(uses.get(`${path} ${one.name}`) ?? []), ...(uses.get(`${path} *`) ?? [])];
    const own = namesIn(source).get(one.name) ?? 0;
    if (by.length === 0)
      faults.push({ ...one, path, what: own > 1 ? 'is exported, and no other file uses it' : 'is used by nobody' });
    else if (own < 2 && by.every((user) => /^(test|bench|tools)\//.test(user)))
      faults.push({ ...one, path, modifier: undefined, what: 'is used by tests only' });
  }
}
if (exportsSeen < 1_000) throw new Error(`Only ${exportsSeen} exports were found: is something not read any more?`);
if (process.argv.includes('--fix')) fix(faults);
else {
  for (const { path, line, name, what } of faults) console.error(`${path}:${line}: ${name} ${what}`);
  console.error(`Exports: ${exportsSeen}, ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function filesOf(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((path) => join(folder, path).replaceAll(sep, '/'))
    .filter((path) => /\.(ts|mjs)$/.test(path) && !/\.d\.ts$|node_modules\//.test(path));
}

function read(path) {
  const text = readFileSync(join(root, path), 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const [imports, exports] = [[], []];
  const use = (specifier, names) => {
    const from = resolve(path, specifier);
    if (from) for (const name of names) imports.push({ from, name });
  };
  for (const statement of source.statements) {
    const specifier = statement.moduleSpecifier?.text;
    if (ts.isImportDeclaration(statement)) use(specifier, importedBy(statement.importClause));
    else if (ts.isExportDeclaration(statement)) {
      const elements = statement.exportClause?.elements ?? [];
      if (specifier) use(specifier, statement.exportClause ? elements.map(originalName) : ['*']);
      for (const element of elements) exports.push(exportOf(source, element.name, undefined));
    } else exports.push(...declaredBy(source, statement));
  }
  visitDynamic(source, use);
  return { source, imports, exports };
}

function importedBy(clause) {
  const bindings = clause?.namedBindings;
  if (!bindings) return ['*'];
  return ts.isNamespaceImport(bindings) ? ['*'] : bindings.elements.map(originalName);
}

function originalName(element) {
  return (element.propertyName ?? element.name).text;
}

/** What `import('./there.js')` brings, as a value or as a type. */
function visitDynamic(node, use) {
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [specifier] = node.arguments;
    if (specifier && ts.isStringLiteral(specifier)) use(specifier.text, ['*']);
  } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) use(node.argument.literal.text, ['*']);
  ts.forEachChild(node, (child) => visitDynamic(child, use));
}

function declaredBy(source, statement) {
  const modifier = statement.modifiers?.find(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!modifier) return [];
  if (!ts.isVariableStatement(statement)) return statement.name ? [exportOf(source, statement.name, modifier)] : [];
  const names = statement.declarationList.declarations.flatMap(({ name }) =>
    ts.isIdentifier(name) ? [name] : name.elements.flatMap((element) => element.name ?? []),
  );
  // One keyword exports them all, so it is taken away only where there is one.
  return names.map((name) => exportOf(source, name, names.length === 1 ? modifier : undefined));
}

function exportOf(source, name, modifier) {
  const line = source.getLineAndCharacterOfPosition(name.getStart(source)).line + 1;
  return {
    name: name.text,
    line,
    modifier: modifier && { from: modifier.getStart(source), to: modifier.getEnd() + 1 },
  };
}

function resolve(path, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  const target = join(dirname(path), specifier).replaceAll(sep, '/');
  return [target.replace(/\.js$/, '.ts'), target].find((each) => existsSync(join(root, each)));
}

/** How often each name stands in a file. */
function namesIn(source) {
  source.namesSeen ??= countNames(source, new Map());
  return source.namesSeen;
}

function countNames(node, seen) {
  if (ts.isIdentifier(node)) seen.set(node.text, (seen.get(node.text) ?? 0) + 1);
  ts.forEachChild(node, (child) => {
    countNames(child, seen);
  });
  return seen;
}

function fix(found) {
  for (const path of new Set(found.map((each) => each.path))) {
    let text = readFileSync(join(root, path), 'utf8');
    const keywords = found.filter((each) => each.path === path && each.modifier).map(({ modifier }) => modifier);
    for (const { from, to } of keywords.sort((one, other) => other.from - one.from))
      text = text.slice(0, from) + text.slice(to);
    writeFileSync(join(root, path), text);
  }
}
