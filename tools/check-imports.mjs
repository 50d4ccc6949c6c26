// Checks the direction of every import under src/ and workers/, and that each package stays in its home. The two tables
// are all there is: what they don't name is refused, so a new folder or package needs a line here before it can be used.
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// The compiler that the project builds with has no API to parse with; the one that ESLint needs has.
const ts = createRequire(join(root, 'tools/lint/package.json'))('typescript');

const domain = 'src/domain/';
const errors = 'src/errors.ts';
const packageFile = 'src/package-file.ts';
const context = 'src/context.ts';
const ownClients = 'src/own-clients.ts';
const steps = 'src/pipeline/';
const below = ['src/store/', 'src/qiscus/', 'src/queue/', 'src/webhook/', domain, errors];
/** What every step of the pipeline may lean on: what they share, and what lies below. */
const shared = ['src/pipeline/*', context, 'type src/config/', 'type src/telemetry/', ...below];
const top = [steps, 'src/audience/', context, 'src/config/', ...below];

/**
 * Who may import what of the project: downward only, and never sideways between store, qiscus, queue and webhook. A folder may
 * always import itself. `type X` stands for `import type` (or `export type`) from X, which leaves nothing at run time. `folder/*`
 * stands for the files right in it, and not for the folders below. The first line that fits a file counts.
 */
const directions = {
  // The only file that joins src/ and workers/.
  'src/index.ts': ['src/siaran.ts', 'src/siaran-errors.ts', 'workers/', 'type src/logger.ts', ownClients, ...top],
  // What a program hands in: each kind is described where it is used.
  'src/own-clients.ts': ['type src/config/', 'src/logger.ts', ...below],
  'src/cli/': [
    packageFile,
    'src/index.ts',
    'type src/siaran.ts',
    'type src/telemetry/',
    'src/telemetry/spans.ts',
    'src/telemetry/start.ts',
    'src/admin/',
    'src/sandbox/',
    'src/local/',
    'src/input/',
    'src/logger.ts',
    ...top,
  ],
  'src/siaran.ts': ['src/siaran-drafts.ts', ...top],
  'src/siaran-drafts.ts': ['src/siaran-desk.ts', ...top],
  'src/siaran-errors.ts': ['type src/siaran.ts', ...top],
  'src/siaran-desk.ts': ['src/siaran-people.ts', ...top],
  'src/siaran-people.ts': ['src/siaran-campaigns.ts', ...top],
  'src/siaran-campaigns.ts': ['src/siaran-templates.ts', ...top],
  'src/siaran-templates.ts': top,
  'src/admin/': [
    packageFile,
    steps,
    'src/monitoring/',
    'src/input/',
    'src/tunnel.ts',
    'type src/config/',
    context,
    ...below,
  ],
  // What `siaran worker` does, for those who start it by its file.
  'workers/main.ts': ['src/cli/'],
  'workers/': [
    'type src/siaran.ts',
    'src/delivery-context.ts',
    steps,
    'src/monitoring/',
    context,
    'type src/config/',
    ...below,
  ],
  'src/monitoring/': [steps, context, 'type src/telemetry/', ...below],
  // The steps in the order of a recipient's way. None knows the one before or after it: Postgres and hints join them.
  'src/pipeline/templates/': shared,
  'src/pipeline/test-sends/': ['src/pipeline/intake/', 'src/pipeline/templates/', 'src/pipeline/views/', ...shared],
  'src/pipeline/intake/': ['src/pipeline/templates/', ...shared],
  'src/pipeline/chunking/': shared,
  'src/pipeline/delivery/': ['src/pipeline/templates/', ...shared],
  'src/pipeline/statuses/': ['src/pipeline/templates/', ...shared],
  'src/pipeline/views/': ['src/pipeline/templates/', ...shared],
  'src/pipeline/approval/': ['src/pipeline/views/', ...shared],
  'src/pipeline/operating/': ['src/input/', 'src/pipeline/views/', ...shared],
  'src/pipeline/reconcile/': [
    'src/pipeline/chunking/',
    'src/pipeline/delivery/',
    'src/pipeline/statuses/',
    'src/pipeline/views/',
    ...shared,
  ],
  'src/pipeline/resending/': ['src/pipeline/intake/', 'src/pipeline/views/', ...shared],
  'src/pipeline/campaigns/': [
    'src/audience/',
    'src/pipeline/intake/',
    'src/pipeline/operating/',
    'src/pipeline/templates/',
    'src/pipeline/views/',
    ...shared,
  ],
  'src/pipeline/drafts/': [
    'src/audience/',
    'src/input/',
    'src/pipeline/campaigns/',
    'src/pipeline/intake/',
    'src/pipeline/templates/',
    'src/pipeline/test-sends/',
    'src/pipeline/views/',
    ...shared,
  ],
  'src/pipeline/people/': shared,
  'src/pipeline/*': shared,
  'src/audience/': ['src/input/', domain, errors],
  'src/input/': [domain, errors],
  'src/delivery-context.ts': [context, 'src/config/', 'src/qiscus/', 'src/telemetry/meters.ts', ...below],
  'src/context.ts': [
    'src/config/',
    'src/logger.ts',
    ownClients,
    'src/telemetry/meters.ts',
    'type src/telemetry/',
    'src/telemetry/spans.ts',
    'type src/audience/',
    ...below,
  ],
  // What only reads the ledger. It may call on the tables' files for their types and for reading.
  'src/store/views/': ['src/store/*', 'src/store/postgres/', 'src/generated/', domain, errors],
  // The tables lean on the connections, and not the other way round.
  'src/store/postgres/': ['src/generated/', packageFile, domain, errors],
  'src/store/': ['src/generated/', packageFile, domain, errors],
  'src/qiscus/': [domain, errors, 'src/tunnel.ts', 'type src/config/'],
  'src/queue/': [domain, errors],
  'src/webhook/': [
    domain,
    errors,
    'src/basic-credentials.ts',
    'src/tunnel.ts',
    'type src/config/',
    'src/config/signing-key.ts',
  ],
  'src/config/': [domain, errors, 'type src/queue/redis-options.ts'],
  'src/logger.ts': [domain, errors, 'src/log-output.ts', 'type src/config/'],
  'src/log-output.ts': [domain],
  'src/telemetry/': [domain, errors, 'src/tunnel.ts', 'type src/queue/', 'type src/qiscus/'],
  'src/errors.ts': [],
  'src/tunnel.ts': ['src/basic-credentials.ts'],
  'src/basic-credentials.ts': [],
  'src/package-file.ts': [errors],
  'src/domain/': [],
  // What only a developer's machine needs: nothing that runs in production may lean on it.
  'src/sandbox/': [errors],
  'src/local/': [errors],
};

/** Where a package may be imported. */
const homes = {
  '@bull-board/api': ['src/admin/'],
  '@bull-board/fastify': ['src/admin/'],
  '@fastify/busboy': ['src/admin/'],
  '@fastify/cookie': ['src/admin/'],
  '@fastify/formbody': ['src/admin/'],
  '@fastify/static': ['src/admin/'],
  '@fastify/swagger': ['src/admin/'],
  '@opentelemetry/api': ['src/telemetry/'],
  '@opentelemetry/exporter-trace-otlp-proto': ['src/telemetry/start.ts'],
  '@opentelemetry/instrumentation-undici': ['src/telemetry/start.ts'],
  '@opentelemetry/resources': ['src/telemetry/start.ts'],
  '@opentelemetry/sdk-trace-node': ['src/telemetry/start.ts'],
  '@prisma/adapter-pg': ['src/store/postgres/'],
  '@prisma/client': ['src/store/'],
  bullmq: ['src/queue/', 'workers/'],
  'bullmq-otel': ['src/telemetry/start.ts'],
  'cli-progress': ['src/cli/'],
  commander: ['src/cli/'],
  croner: ['src/domain/'],
  'csv-parse': ['src/input/', 'src/sandbox/', 'src/domain/runs/csv.ts'],
  'csv-stringify': ['src/domain/runs/csv.ts'],
  fastify: ['src/admin/', 'src/monitoring/'],
  'fastify-type-provider-zod': ['src/admin/'],
  helmet: ['src/admin/'],
  ioredis: ['src/queue/', 'type src/context.ts', 'type workers/', 'src/local/'],
  'libphonenumber-js': ['src/domain/'],
  leven: ['src/config/files/config-file.ts'],
  luxon: ['src/domain/', 'src/sandbox/'],
  'openid-client': ['src/admin/'],
  pg: ['src/store/postgres/', 'src/audience/', 'src/local/'],
  picocolors: ['src/cli/'],
  pino: ['src/logger.ts'],
  'prom-client': ['src/monitoring/'],
  undici: ['src/qiscus/', 'src/webhook/', 'src/tunnel.ts'],
  uqr: ['src/admin/'],
  yaml: ['src/cli/', 'src/config/files/yaml-file.ts'],
  zod: ['src/admin/', 'src/config/', 'src/qiscus/', 'src/sandbox/'],
};

/** The domain is pure: of Node's own modules it may hash. Everywhere else they are free. */
const pure = { 'src/domain/': ['node:crypto'] };

/** These choose a package at run time, which no table can follow. */
const dynamic = ['src/local/postgres.ts'];

const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const files = ['src', 'workers'].flatMap(sourceFiles).sort();
if (files.length === 0) throw new Error('There is nothing to check: src/ and workers/ hold no source files.');

const faults = files.flatMap((file) => {
  const layer = homeOf(file, Object.keys(directions));
  if (layer === undefined) return [`${file}:1: no line in tools/check-imports.mjs says what it may import`];
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
  if (!Object.hasOwn(homes, name)) return `${name} has no home: name its folder in tools/check-imports.mjs`;
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
