// Makes the program and the library of a few files, the packages that they use among them in the versions of the lock file: a
// command that loads a thousand files needs three times as long to start, and who installs Siaran installs nothing else.
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const outdir = join(dist, 'program');
/**
 * Packages in CommonJS ask for Node's own modules by `require`. Node 20 has no navigator: without one, pg makes a Response to see
 * where it runs, for which Node loads its whole fetch.
 */
const banner = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const nodeNavigator = { userAgent: 'Node.js' };`;

/**
 * ioredis adds 500 methods to a prototype, one after the other, and V8 copies the list of those before each time: 6 MB of memory for
 * every process. What was deleted from makes it keep them in a table instead, which it doesn't copy.
 */
const tableOfCommands = {
  name: 'table of commands',
  setup({ onLoad }) {
    onLoad({ filter: /ioredis\/built\/utils\/Commander\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      const [loop, methods] = ['commands.forEach(', 'Commander.prototype'];
      if (!source.includes(loop)) throw new Error(`${path} is another one: is this still needed?`);
      const emptied = ['first', 'second'].map((name) => `${methods}.${name} = 0;`).join('');
      return {
        contents: source.replace(loop, `${emptied} delete ${methods}.first; delete ${methods}.second; ${loop}`),
      };
    });
  },
};

await rm(outdir, { recursive: true, force: true });
const { metafile } = await build({
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
  // Names stay, so that a stack trace can be read. What is shorter is read faster, at each start.
  minifySyntax: true,
  minifyWhitespace: true,
  lineLimit: 160,
  legalComments: 'none',
  banner: { js: banner },
  define: { navigator: 'nodeNavigator' },
  // Errors then tell the lines of the sources, to whoever sets NODE_OPTIONS=--enable-source-maps. The package hasn't the sources.
  sourcemap: process.argv.includes('--no-maps') ? false : 'linked',
  sourcesContent: false,
  plugins: [tableOfCommands],
  metafile: true,
  logLevel: 'warning',
});

// The types, as `tsc` leaves them. `npm pack` has them in one file instead.
await writeFile(join(outdir, 'index.d.ts'), "export * from '../src/index.js';\n");

// The pages of Bull Board, which it reads from a folder.
const board = 'node_modules/@bull-board/ui';
await rm(join(dist, 'bull-board'), { recursive: true, force: true });
await cp(join(root, board, 'dist'), join(dist, 'bull-board', 'dist'), { recursive: true });

const packages = packagesOf(metafile);
await writeFile(join(dist, 'LICENCES.txt'), (await Promise.all(packages.map(licenceOf))).join('\n\n'));
// For the bill of materials: by their places in the lock file.
await writeFile(join(dist, 'packages.json'), `${JSON.stringify(packages, undefined, 2)}\n`);

/** The folders of all packages of which something is in the bundle, in the order of the alphabet. */
function packagesOf({ inputs }) {
  const files = [...Object.keys(inputs), `${board}/dist`];
  const folders = files.flatMap((file) => file.match(/^(.*node_modules\/(@[^/]+\/)?[^/]+)\//)?.[1] ?? []);
  return [...new Set(folders)].sort();
}

/** What a package's licence asks for: its name and version, and the text that came with it. */
async function licenceOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /^(licen[cs]e|notice)/i.test(entry.name));
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file.name), 'utf8')));
  return [`${name} ${version} (${license})`, ...texts.map((text) => text.trim())].join('\n\n');
}
