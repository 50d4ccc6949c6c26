// Checks the direction of every import under src/ and workers/, and that each package stays in its home, as
// import-rules.mjs says.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { directions, dynamic, homes, pure } from './import-rules.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// The compiler that the project builds with has no API to parse with; the one that ESLint needs has.
const ts = createRequire(join(root, 'tools/lint/package.json'))('typescript');

const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const files = ['src', 'workers'].flatMap(sourceFiles).sort();
if (files.length === 0) throw new Error('There is nothing to check: src/ and workers/ hold no source files.');

const faults = files.flatMap((file) => {
  const layer = homeOf(file, Object.keys(directions));
  if (layer === undefined) return [`${file}:1: no line in tools/import-rules.mjs says what it may import`];
  const imports = importsOf(file).flatMap((found) => {
    const fault = faultOf(file, layer, found);
    return fault === undefined ? [] : [`${file}:${found.line}: ${fault}`];
  });
  return [...imports, ...writesIn(file), ...writesToTerminalIn(file)];
});
for (const fault of faults) console.error(fault);
console.error(
  `Import directions: ${files.length} files, ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

/** No file that only reads can cause a second send, so nothing there writes or locks. */
function writesIn(file) {
  if (!file.startsWith('src/store/views/')) return [];
  const writing =
    /\b(INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|LOCK)\b|\$executeRaw|\.(create|update|upsert|delete)(Many)?\w*\(/;
  return readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((line, at) =>
      writing.test(line) ? [`${file}:${at + 1}: src/store/views/ only reads, and this writes or locks`] : [],
    );
}

/** Foreign texts may hold what a terminal would obey; one place takes it out of them. */
function writesToTerminalIn(file) {
  if (file.startsWith('src/cli/terminal/') || file.startsWith('src/admin/browser/')) return [];
  return readFileSync(join(root, file), 'utf8')
    .split('\n')
    .flatMap((line, at) =>
      /\bprocess\.std(out|err)\.write\b|\bconsole\.\w+\(/.test(line)
        ? [`${file}:${at + 1}: only src/cli/terminal/ writes to the terminal; use what it offers`]
        : [],
    );
}

function faultOf(file, layer, { specifier, typeOnly }) {
  if (specifier === undefined) {
    return dynamic.includes(file) ? undefined : 'an import whose name is only known at run time escapes the rules';
  }
  if (specifier.startsWith('.')) return directionFault(file, layer, specifier, typeOnly);
  return isBuiltin(specifier) ? builtinFault(layer, specifier) : vendorFault(file, specifier, typeOnly);
}

function directionFault(file, layer, specifier, typeOnly) {
  const target = normalize(join(dirname(file), specifier))
    .replaceAll(sep, '/')
    .replace(/\.js$/, '.ts');
  if (homeOf(target, [layer, ...allowed(directions[layer], typeOnly)]) !== undefined) return undefined;
  return `${layer} may not import ${target}, only ${listed(directions[layer], 'what is its own')}`;
}

function vendorFault(file, specifier, typeOnly) {
  const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
  if (!Object.hasOwn(homes, name)) return `${name} has no home: name its folder in tools/import-rules.mjs`;
  if (!Object.hasOwn(devDependencies, name)) return `${name} is not in package.json`;
  if (homeOf(file, allowed(homes[name], typeOnly)) !== undefined) return undefined;
  return `${name} may not be imported here, only in ${listed(homes[name])}`;
}

function builtinFault(layer, specifier) {
  if (specifier === 'node:module') return 'node:module makes a require, which escapes the rules';
  const free = pure[layer];
  if (free === undefined || free.includes(specifier)) return undefined;
  return `${layer} is pure: of Node it may import ${listed(free)}, not ${specifier}`;
}

function allowed(entries, typeOnly) {
  return entries.flatMap((entry) => (entry.startsWith('type ') ? (typeOnly ? [entry.slice(5)] : []) : [entry]));
}

/** The folder, or the file itself, that a path belongs to. */
function homeOf(path, places) {
  return places.find((place) => {
    if (place.endsWith('/*')) return dirname(path) === place.slice(0, -2);
    return place.endsWith('/') ? path.startsWith(place) : path === place;
  });
}

function listed(entries, none) {
  return entries.length === 0 ? none : entries.map((entry) => entry.replace(/^type (.*)$/, '$1 (types)')).join(', ');
}

function sourceFiles(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .filter((file) => !file.startsWith('src/generated/'));
}

function importsOf(file) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, false);
  const found = [];
  const add = (node, name, typeOnly) => {
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    found.push({ line, specifier: name && ts.isStringLiteralLike(name) ? name.text : undefined, typeOnly });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, node.importClause?.isTypeOnly === true);
    else if (ts.isExportDeclaration(node) && node.moduleSpecifier) add(node, node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(node, node.argument.literal, true);
    else if (ts.isExternalModuleReference(node)) add(node, node.expression, false);
    else if (ts.isCallExpression(node) && isLoader(node.expression)) add(node, node.arguments[0], false);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isLoader(callee) {
  return callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require');
}
