// Installs the package as others do, with each Node and each package manager that is asked for, and tries it there:
//   npm run --silent try --prefix tools/package -- [--node 20,22,24,26] [--write]
// Without --node it is tried with the Node that runs this. --write puts what was tried into docs/reference/compatibility.md.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { managers } from './managers.mjs';
import { fetchNode } from './nodes.mjs';
import { makePackage } from './pack.mjs';
import { writeTable } from './table.mjs';
import { tryImport, tryProgram, tryTypes } from './tries.mjs';

const { values: asked } = parseArgs({ options: { node: { type: 'string' }, write: { type: 'boolean' } } });

const work = await mkdtemp(join(tmpdir(), 'siaran-package-'));
const tarball = await makePackage(work);
const rows = [];
let faults = 0;
try {
  for (const wanted of asked.node?.split(',') ?? [undefined]) {
    const node = await fetchNode(wanted);
    for (const [manager, install] of Object.entries(managers)) {
      const folder = join(work, `${node.version}-${manager}`);
      await mkdir(folder);
      const row = { node: node.version, manager, ...(await tryIn(folder, node, install)) };
      rows.push(row);
      console.log(Object.values(row).join(' · '));
    }
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
const columns = ['Node', 'package manager', 'command', 'importing the library', 'TypeScript'];
const cells = rows.map(({ node, manager, program, library, types }) => [node, manager, program, library, types]);
if (asked.write) await writeTable('package', columns, cells);
process.exitCode = faults ? 1 : 0;

async function tryIn(folder, node, install) {
  try {
    const { warnings, start } = await install(folder, tarball, node);
    if (warnings) throw new Error(`the installation warned: ${warnings}`);
    const program = await tryProgram(folder, node, start);
    const library = await tryImport(folder, node, start);
    // A compiler finds nothing without node_modules, unless it is one that yarn has changed.
    const types = start ? '-' : await tryTypes(folder);
    return { program, library, types };
  } catch (error) {
    faults += 1;
    return { program: `FAILED: ${error.message.slice(0, 2_000)}`, library: '-', types: '-' };
  }
}
