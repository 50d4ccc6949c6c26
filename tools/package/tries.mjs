import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { here, run } from './run.mjs';

const program = `import { openSiaran, UsageError } from 'siaran';

try {
  openSiaran({ DATABASE_URL: 'nonsense' });
  process.exitCode = 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
}
`;

const typed = `import { openSiaran, type RunView } from 'siaran';

const siaran = openSiaran();
const { runId } = await siaran.broadcast({
  name: 'Reminder',
  templateDetailId: 172,
  columns: ['phone_number', 'body_variable1'],
  recipients: [{ phone_number: '6281234567890', body_variable1: 'INV-1' }],
});
// @ts-expect-error the run has no such column
await siaran.enqueue(runId, [{ phone_number: '6281234567890', other: 'x' }]);
export const run: RunView = await siaran.run(runId);
`;

/** Whether the command starts. */
export async function tryProgram(folder, node, start) {
  const [command, ...args] = start ? [...start, 'siaran'] : [join(folder, 'node_modules', '.bin', 'siaran')];
  const { stdout } = await run(command, [...args, '--version'], { cwd: folder, env: node.env });
  return `siaran ${stdout.trim()}`;
}

/** Whether the library says what is wrong with its settings. Returns how long importing it took, and what memory the process then had. */
export async function tryImport(folder, node, start) {
  const [command, ...args] = start ? [...start, 'node'] : [node.path];
  const runNode = (...more) => run(command, [...args, ...more], { cwd: folder, env: node.env });
  await writeFile(join(folder, 'program.js'), program);
  await runNode('program.js');
  const measure = `const began = performance.now(); await import('siaran');
    console.log(Math.round(performance.now() - began) + ' ms, ' + Math.round(process.memoryUsage().rss / 1e6) + ' MB');`;
  await writeFile(join(folder, 'measure.js'), measure);
  return (await runNode('measure.js')).stdout.trim();
}

/** Whether a program that uses the types compiles, with those of the package looked at too. */
export async function tryTypes(folder) {
  await writeFile(join(folder, 'typed.ts'), typed);
  const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', 'false'];
  await run(join(here, '..', '..', 'node_modules', '.bin', 'tsc'), [...options, '--types', '', 'typed.ts'], {
    cwd: folder,
  });
  return 'compiles';
}
