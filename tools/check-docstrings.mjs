// Checks that everything that src/index.ts exports has a docstring, and so has each property and method that a program can
// reach from there: options, views, and what they hold. What is marked @internal isn't asked about.
import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// The compiler that the project builds with has no API to ask; the one that ESLint needs has.
const ts = createRequire(join(root, 'tools/lint/package.json'))('typescript');

const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
const program = ts.createProgram([join(root, 'src/index.ts')], { ...options, noEmit: true });
const checker = program.getTypeChecker();
const index = checker.getSymbolAtLocation(program.getSourceFile(join(root, 'src/index.ts')));

/** By what lacks it, as a type may be reached in several ways. */
const faults = new Map();
const seen = new Set();
const exported = checker.getExportsOfModule(index).map((symbol) => {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
});
if (exported.length === 0) throw new Error('There is nothing to check: src/index.ts exports nothing.');

for (const symbol of exported) {
  if (isInternal(symbol)) continue;
  demand(symbol, symbol.name);
  if (symbol.flags & (ts.SymbolFlags.TypeAlias | ts.SymbolFlags.Interface | ts.SymbolFlags.Class)) {
    visit(checker.getDeclaredTypeOfSymbol(symbol), symbol.name);
  }
}
for (const fault of [...faults.values()].sort()) console.error(fault);
console.error(`Docstrings: ${exported.length} exports, ${faults.size} ${faults.size === 1 ? 'fault' : 'faults'}.`);
process.exitCode = faults.size === 0 ? 0 : 1;

/** Each property of a type that this project declares, and then of what it holds, takes and returns. */
function visit(type, path) {
  if (seen.has(type)) return;
  seen.add(type);
  if (type.isUnionOrIntersection()) for (const part of type.types) visit(part, path);
  for (const argument of typeArguments(type)) visit(argument, path);
  for (const signature of checker.getSignaturesOfType(type, ts.SignatureKind.Call)) {
    visit(signature.getReturnType(), path);
    for (const parameter of signature.getParameters()) visit(checker.getTypeOfSymbol(parameter), path);
  }
  if (!(type.flags & ts.TypeFlags.Object)) return;
  for (const property of checker.getPropertiesOfType(type)) {
    const node = declarationOf(property);
    if (!node || isInternal(property) || isHidden(node)) continue;
    demand(property, `${path}.${property.name}`);
    visit(checker.getTypeOfSymbolAtLocation(property, node), `${path}.${property.name}`);
  }
}

/** Of a list or a promise, what is in it. */
function typeArguments(type) {
  return (
    type.aliasTypeArguments ?? (type.flags & ts.TypeFlags.Object && type.target ? checker.getTypeArguments(type) : [])
  );
}

function demand(symbol, path) {
  const node = declarationOf(symbol);
  if (!node || symbol.getDocumentationComment(checker).length > 0) return;
  const source = node.getSourceFile();
  const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
  const file = relative(root, source.fileName).replaceAll(sep, '/');
  if (!faults.has(node)) faults.set(node, `${file}:${line}: ${path} has no docstring`);
}

/** Where this project declares it, if it does. */
function declarationOf(symbol) {
  return symbol.declarations?.find((node) => {
    const { fileName } = node.getSourceFile();
    return fileName.startsWith(join(root, 'src')) && !fileName.startsWith(join(root, 'src/generated'));
  });
}

function isInternal(symbol) {
  return symbol.getJsDocTags(checker).some(({ name }) => name === 'internal');
}

function isHidden(node) {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  if ((ts.getCombinedModifierFlags(node) & hidden) !== 0 || node.name === undefined) return true;
  // A symbol as a name is a mark for the compiler.
  return ts.isPrivateIdentifier(node.name) || ts.isComputedPropertyName(node.name);
}
