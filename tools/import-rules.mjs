// Who may import what of src/ and workers/, and where each package is at home. What these tables don't name is refused, so a
// new folder or package needs a line here before it can be used. check-imports.mjs reads them.

const domain = 'src/domain/';
const errors = 'src/errors.ts';
const packageFile = 'src/package-file.ts';
const context = 'src/context.ts';
const ownClients = 'src/library/own-clients.ts';
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
export const directions = {
  // The only file that joins src/ and workers/.
  'src/index.ts': [
    'type src/library/broadcast.ts',
    'src/library/siaran.ts',
    'src/library/siaran-errors.ts',
    'workers/',
    'type src/logger.ts',
    ownClients,
    ...top,
  ],
  // What a program hands in: each kind is described where it is used.
  'src/library/own-clients.ts': ['type src/config/', 'src/logger.ts', ...below],
  'src/cli/': [
    packageFile,
    'src/index.ts',
    'type src/library/siaran.ts',
    'type src/telemetry/',
    'src/telemetry/spans.ts',
    'src/telemetry/start.ts',
    'src/admin/',
    'src/sandbox/',
    'src/local/',
    'src/input/',
    'src/logger.ts',
    // What the doctor says of a certificate is what a server would do with it.
    'src/monitoring/serve-tls.ts',
    ...top,
  ],
  'src/library/siaran.ts': ['src/library/broadcast.ts', 'src/library/siaran-drafts.ts', ...top],
  'src/library/broadcast.ts': top,
  'src/library/siaran-drafts.ts': ['src/library/siaran-desk.ts', ...top],
  'src/library/siaran-errors.ts': ['type src/library/siaran.ts', 'src/library/check-call.ts', ...top],
  'src/library/check-call.ts': ['type src/library/broadcast.ts', 'type src/library/siaran.ts', ...top],
  'src/library/siaran-desk.ts': ['src/library/siaran-people.ts', ...top],
  'src/library/siaran-people.ts': ['src/library/siaran-campaigns.ts', ...top],
  'src/library/siaran-campaigns.ts': ['src/library/siaran-templates.ts', ...top],
  'src/library/siaran-templates.ts': top,
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
    'type src/library/siaran.ts',
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
  'src/pipeline/resending/': ['src/pipeline/intake/', 'src/pipeline/templates/', 'src/pipeline/views/', ...shared],
  'src/pipeline/campaigns/': [
    'src/audience/',
    'src/pipeline/intake/',
    'src/pipeline/operating/',
    'src/pipeline/templates/',
    'src/pipeline/views/',
    ...shared,
  ],
  'src/pipeline/lists/': [
    'src/audience/',
    'src/pipeline/campaigns/',
    'src/pipeline/templates/',
    'src/pipeline/test-sends/',
    'src/pipeline/views/',
    ...shared,
  ],
  'src/pipeline/drafts/': [
    'src/audience/',
    'src/input/',
    'src/pipeline/campaigns/',
    'src/pipeline/intake/',
    'src/pipeline/lists/',
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
  'src/store/views/': ['src/store/*', 'src/store/postgres/', 'type src/generated/', domain, errors],
  // The tables lean on the connections, and not the other way round.
  'src/store/postgres/': ['type src/generated/', packageFile, domain, errors],
  'src/store/migrations/': ['src/store/postgres/', packageFile, domain, errors],
  'src/store/': ['type src/generated/', packageFile, domain, errors],
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
  'src/config/': [domain, errors, 'type src/queue/redis/redis-options.ts'],
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
export const homes = {
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
  leven: ['src/config/files/config-file.ts', 'src/domain/text/nearest-name.ts'],
  luxon: ['src/domain/', 'src/sandbox/'],
  'openid-client': ['src/admin/'],
  pg: ['src/store/postgres/', 'src/store/migrations/', 'src/audience/', 'src/local/'],
  picocolors: ['src/cli/'],
  pino: ['src/logger.ts'],
  'prom-client': ['src/monitoring/'],
  'sql-template-tag': ['src/store/postgres/sql.ts'],
  undici: ['src/qiscus/', 'src/webhook/', 'src/tunnel.ts'],
  uqr: ['src/admin/'],
  yaml: ['src/cli/', 'src/config/files/yaml-file.ts'],
  zod: ['src/admin/', 'src/config/', 'src/qiscus/', 'src/sandbox/'],
};

/** The domain is pure: of Node's own modules it may hash. Everywhere else they are free. */
export const pure = { 'src/domain/': ['node:crypto'] };

/** These choose a package at run time, which no table can follow. */
export const dynamic = ['src/local/postgres.ts'];
