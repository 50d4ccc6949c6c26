// Checks the files of deploy/ and of continuous integration. It needs the program to be built, and no network.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faultsOfKustomize, faultsOfTypes, readManifests, root } from './manifests.mjs';
import { faultsOfNames, faultsOfPods, faultsOfUnits } from './programs.mjs';

const require = createRequire(join(root, 'package.json'));
const { parse } = require('yaml');
const { validateWorkflow } = createRequire(import.meta.url)('@action-validator/core');

/** systemd wants what a unit starts to be there; that is this Node here. */
function faultsBySystemd() {
  if (spawnSync('systemd-analyze', ['--version']).status !== 0) {
    console.error('systemd-analyze is not installed: the units were not verified by it.');
    return [];
  }
  const scratch = mkdtempSync(join(tmpdir(), 'siaran-units-'));
  try {
    const folder = join(root, 'deploy/systemd');
    return readdirSync(folder).flatMap((file) => {
      const path = join(scratch, file);
      writeFileSync(path, readFileSync(join(folder, file), 'utf8').replace('=/usr/bin/node ', `=${process.execPath} `));
      const named = file.includes('@.') ? path.replace('@.', '@1.') : path;
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', named], { encoding: 'utf8' });
      return status === 0 && !stderr.includes(file.split('.')[0]) ? [] : [`${file}: ${stderr.trim() || status}`];
    });
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

const nightly = 'npm run audit:program';

/** Of GitLab's file npm has no schema: it is parsed, and its jobs have to call what has to hold. */
function faultsOfPipelines() {
  const gitlab = parse(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8'));
  accessSync(join(root, '.ci/run'), constants.X_OK);
  return [
    ...faultsOfWorkflow('.github/workflows/ci.yml', '.ci/run'),
    ...faultsOfWorkflow('.github/workflows/nightly.yml', nightly),
    ...(gitlab.run?.script?.includes('.ci/run') ? [] : ["GitLab's job doesn't call .ci/run"]),
    ...(gitlab.audit?.script?.includes(nightly) ? [] : [`GitLab's job of the night doesn't call ${nightly}`]),
  ];
}

function faultsOfWorkflow(path, command) {
  const workflow = readFileSync(join(root, path), 'utf8');
  const steps = Object.values(parse(workflow).jobs).flatMap((job) => job.steps);
  return [
    ...validateWorkflow(workflow).errors.map((error) => `${path}: ${JSON.stringify(error)}`),
    ...(steps.some(({ run }) => run === command) ? [] : [`${path} doesn't call ${command}`]),
  ];
}

const manifests = readManifests();
const faults = [
  ...faultsOfTypes(manifests),
  ...faultsOfKustomize(manifests),
  ...faultsOfPods(manifests),
  ...faultsOfNames(manifests),
  ...faultsOfUnits(),
  ...faultsBySystemd(),
  ...faultsOfPipelines(),
];
for (const fault of faults) console.error(fault);
console.error(
  `Deployment: ${manifests.length} manifests, ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}.`,
);
process.exitCode = faults.length === 0 ? 0 : 1;
