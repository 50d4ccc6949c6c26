# syntax=docker/dockerfile:1
# Run it with --init (docker-compose.yml does): as process 1, Node would reap no children, and commands without a signal
# handler of their own would ignore SIGTERM.
ARG NODE_IMAGE=node:20.20-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No install script is needed here, and some would download programs.
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY tsconfig.json prisma.config.ts ./
COPY prisma ./prisma
COPY src ./src
COPY workers ./workers
RUN npm run build

# Apart from the build, so that a change of the source leaves this layer as it is.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --omit=dev --omit=optional

FROM ${NODE_IMAGE}
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
# For "type": "module".
COPY package.json ./
# `siaran migrate` applies these, and workers compare the database with them.
COPY prisma/migrations ./prisma/migrations
COPY --from=build /app/dist ./dist

# Whether the container reaches its Postgres and Redis. The provider is left out on purpose: while it is unreachable or
# refuses our credentials a worker holds its batches and tries again, and a restart would not help.
COPY <<'EOF' /app/healthcheck.mjs
import { Redis } from 'ioredis';
import pg from 'pg';

const { DATABASE_URL, REDIS_URL } = process.env;
const postgres = new pg.Client({ connectionString: DATABASE_URL, connectionTimeoutMillis: 3000, query_timeout: 3000 });
const redis = new Redis(REDIS_URL, {
  lazyConnect: true,
  connectTimeout: 3000,
  commandTimeout: 3000,
  retryStrategy: () => null,
});
// What goes wrong is also thrown where it is awaited; without a listener it would be printed twice.
for (const client of [postgres, redis]) client.on('error', () => undefined);

const results = await Promise.allSettled([
  postgres.connect().then(() => postgres.query('SELECT 1')),
  redis.connect().then(() => redis.ping()),
]);
for (const [index, { reason }] of results.entries()) {
  if (reason) console.error(['Postgres', 'Redis'][index], reason.message || reason.code);
}
process.exit(results.every(({ status }) => status === 'fulfilled') ? 0 : 1);
EOF
HEALTHCHECK --interval=30s --timeout=10s --start-period=20s --retries=3 CMD ["node", "/app/healthcheck.mjs"]

USER node
# A worker takes no new batch on it, finishes what runs, and exits: give it longer than SIARAN_REQUEST_TIMEOUT + 5 s
# (docker stop --time, stop_grace_period), as Docker's own 10 s would cut a request off whose answer is then unknown.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["worker"]
