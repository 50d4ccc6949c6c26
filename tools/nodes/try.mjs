// Runs the unit tests and the demo with other Nodes than the one that runs this. It needs the program to be built:
//   node tools/nodes/try.mjs --node 20,22,24,26 [--write]
//   node tools/nodes/try.mjs --turn 7
// With --turn it is one Node that the package takes, another one for each turn, and never the one that runs this. --write puts what
// was tried into docs/reference/compatibility.md.
import { deepEqual } from 'node:assert/strict';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fetchNode } from '../package/nodes.mjs';
import { root, run } from '../package/run.mjs';
import { writeTable } from '../package/table.mjs';

const majors = ['20', '22', '24', '26'];
const own = process.versions.node.split('.')[0];

const { values: asked } = parseArgs({
  options: { node: { type: 'string' }, turn: { type: 'string' }, write: { type: 'boolean' } },
});
const others = majors.filter((major) => major !== own);
const wanted = asked.node?.split(',') ?? [others[Number(asked.turn ?? 0) % others.length]];

const rows = [];
for (const major of wanted) {
  const node = await fetchNode(major);
  const row = [node.version, await timed(() => unitTests(node)), await timed(() => demo(node))];
  rows.push(row);
  console.log(row.join(' · '));
}
if (asked.write) await writeTable('nodes', ['Node', 'unit tests', '`siaran demo`'], rows);
process.exitCode = rows.flat().some((cell) => cell.startsWith('FAILED')) ? 1 : 0;

async function timed(go) {
  const began = performance.now();
  try {
    const outcome = await go();
    return `${outcome}, in ${Math.round((performance.now() - began) / 1_000)} s`;
  } catch (error) {
    return `FAILED: ${error.message.slice(-4_000)}`;
  }
}

async function unitTests({ path, env }) {
  const jest = ['--import', './test/runner/typescript.mjs', 'node_modules/jest/bin/jest.js'];
  const { stderr } = await run(path, [...jest, '--selectProjects', 'unit', '--maxWorkers=2'], { env });
  const [, passed] = /^Tests: +(?:\d+ skipped, )?(\d+) passed/m.exec(stderr) ?? [];
  if (!passed) throw new Error(`No test has passed: ${stderr}`);
  return `${passed} passed`;
}

/** It ends well if the run was handed over, and the sandbox has received every recipient of it, each once. */
async function demo({ path, env }) {
  const { stdout } = await run(path, [join(root, 'dist', 'program', 'main.js'), 'demo', '--json'], { env });
  const { sandbox } = JSON.parse(stdout);
  deepEqual(sandbox, { jobs: 3, recipients: 2_460, mostPerNumber: 1 });
  return 'ends well';
}
