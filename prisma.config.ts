import { defineConfig } from 'prisma/config';

// `generate`, `validate` and `format` need no native schema engine. Pointing at a program that fails keeps the CLI
// from downloading one, and makes `prisma migrate` fail loudly: migrations are applied by `siaran migrate`.
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= '/bin/false';

export default defineConfig({ schema: 'prisma/schema.prisma', migrations: { path: 'prisma/migrations' } });
