import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { here, run } from './run.mjs';

const bin = (name) => join(here, 'node_modules', name);

const yarn4 = bin('@yarnpkg/cli-dist/bin/yarn.js');

/**
 * How each package manager installs a package into an empty project. Each returns what it warned of, and `start`, if it has to start what
 * is installed.
 */
export const managers = {
  async npm(folder, tarball, node) {
    await begin(folder);
    const { stderr } = await run(
      'npm',
      ['install', '--engine-strict', '--no-audit', '--no-fund', tarball],
      at(folder, node),
    );
    return { warnings: stderr.trim() };
  },
  async 'yarn 1'(folder, tarball, node) {
    await begin(folder);
    const args = [bin('yarn1/bin/yarn.js'), 'add', `file:${tarball}`, '--non-interactive'];
    const { stderr } = await run(node.path, args, at(folder, node));
    // That the project has no licence is its own affair.
    const warnings = stderr
      .split('\n')
      .filter((line) => line.startsWith('warning') && !line.includes('No license field'));
    return { warnings: warnings.join('\n') };
  },
  'yarn 4': (folder, tarball, node) => addByYarn4('node-modules', folder, tarball, node),
  // Without node_modules: a package gets at what it has asked for, and at nothing else.
  async "yarn 4, Plug'n'Play"(folder, tarball, node) {
    const { warnings } = await addByYarn4('pnp', folder, tarball, node);
    return { warnings, start: [node.path, yarn4] };
  },
  async pnpm(folder, tarball, node) {
    await begin(folder);
    const args = [bin('pnpm/bin/pnpm.cjs'), 'add', '--config.engine-strict=true', tarball];
    const { stdout, stderr } = await run(node.path, args, at(folder, node));
    return {
      warnings: `${stdout}${stderr}`
        .split('\n')
        .filter((line) => /WARN/.test(line))
        .join('\n'),
    };
  },
};

async function addByYarn4(nodeLinker, folder, tarball, node) {
  await begin(folder);
  await writeFile(join(folder, '.yarnrc.yml'), `enableTelemetry: false\nnodeLinker: ${nodeLinker}\n`);
  await writeFile(join(folder, 'yarn.lock'), '');
  const { stdout } = await run(node.path, [yarn4, 'add', `siaran@file:${tarball}`], at(folder, node));
  // Of which registry its own settings speak is no warning of the package.
  const warnings = stdout.split('\n').filter((line) => /YN0002|YN0060|YN0086/.test(line));
  return { warnings: warnings.join('\n') };
}

async function begin(folder) {
  await writeFile(
    join(folder, 'package.json'),
    '{ "name": "consumer", "version": "1.0.0", "private": true, "type": "module" }\n',
  );
}

const at = (folder, node) => ({ cwd: folder, env: node.env });
