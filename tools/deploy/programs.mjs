// What the manifests and units start has to be real: commands and options of the program, variables of the reference, ports that
// somebody listens on, and a time to stop that is longer than the program's own.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './manifests.mjs';

const { parse } = createRequire(join(root, 'package.json'))('yaml');
const page = readFileSync(join(root, 'docs/reference/configuration.md'), 'utf8');
const metrics = readFileSync(join(root, 'docs/reference/metrics.md'), 'utf8');
export const settings = parse(readFileSync(join(root, 'deploy/kubernetes/siaran.yaml'), 'utf8'));

/** How long a worker takes to stop at most: `boundStop` of src/cli/serving/worker.ts, with the deadline's default. */
const longestStopS = 30 + 15;

/** Node's own, and what systemd is told. */
const others = ['NODE_ENV'];

function faultsOfVariables(where, names) {
  return names
    .filter((name) => !others.includes(name) && !page.includes(`\`${name.replace(/(?<!CONFIG)_FILE$/, '')}\``))
    .map((name) => `${where}: ${name} isn't in docs/reference/configuration.md`);
}

/** The program itself is asked: it ends with 0 only if the command is there and takes the options. */
function faultsOfCommand(where, words) {
  const main = join(root, 'dist/program/main.js');
  const { status, stderr } = spawnSync(process.execPath, [main, ...words, '--help'], { encoding: 'utf8' });
  const help = spawnSync(process.execPath, [main, words[0], '--help'], { encoding: 'utf8' }).stdout;
  const unknown = words.filter((word) => word.startsWith('--') && !help.includes(` ${word} `));
  return status === 0 && unknown.length === 0 ? [] : [`${where}: siaran ${words.join(' ')}: ${unknown} ${stderr}`];
}

/** @returns a sentence for each fault of what runs in pods. */
export function faultsOfPods(manifests) {
  const pods = manifests.flatMap(({ document }) => (document.spec?.template ? [document] : []));
  return pods.flatMap(({ metadata: { name }, spec }) => {
    const { containers, volumes, ...pod } = spec.template.spec;
    const [container] = containers;
    const port = container.ports?.[0];
    const part = spec.template.metadata.labels['app.kubernetes.io/component'];
    const listens = container.args.includes('--port')
      ? Number(container.args[container.args.indexOf('--port') + 1])
      : part === 'worker'
        ? Number(settings.SIARAN_WORKER_PORT)
        : undefined;
    const keys = volumes.flatMap(({ secret }) => secret?.items.map(({ path }) => `/run/secrets/siaran/${path}`) ?? []);
    const files = container.env.filter((one) => one.name !== 'SIARAN_CONFIG_FILE').map(({ value }) => value);
    const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((kind) => container[kind] ?? []);
    const policies = manifests.filter(
      ({ document: { kind, spec: rules } }) =>
        kind === 'NetworkPolicy' && rules.podSelector.matchLabels?.['app.kubernetes.io/component'] === part,
    );
    const letIn = policies.flatMap(({ document }) =>
      document.spec.ingress.flatMap(({ ports }) => ports.map((one) => one.port)),
    );
    const faults = [
      [port?.containerPort !== listens, `has the port ${port?.containerPort}, and listens on ${listens}`],
      [probes.some(({ httpGet }) => httpGet.port !== port.name), 'is probed at another port'],
      [port !== undefined && probes.length < 3, 'lacks a probe'],
      [port !== undefined && !letIn.includes(listens), 'is not reached through the network policies'],
      [letIn.some((open) => open !== listens), 'is open at a port that it does not listen on'],
      [String([...keys].sort()) !== String([...files].sort()), `reads ${files}, and is given ${keys}`],
      [part === 'worker' && pod.terminationGracePeriodSeconds <= longestStopS, 'has too little time to stop'],
      [pod.enableServiceLinks !== false, 'gets variables of services, such as SIARAN_ADMIN_PORT'],
      [!container.securityContext.readOnlyRootFilesystem || !pod.securityContext.runAsNonRoot, 'may write or is root'],
      [!container.resources.limits.memory, 'has no limit of memory'],
    ];
    return [
      ...faults.flatMap(([is, fault]) => (is ? [`${name} ${fault}`] : [])),
      ...faultsOfVariables(
        name,
        container.env.map((one) => one.name),
      ),
      ...faultsOfCommand(name, container.args),
    ];
  });
}

/** @returns a sentence for each variable and metric that the program doesn't have. */
export function faultsOfNames(manifests) {
  const queries = manifests.flatMap(
    ({ document }) => document.spec?.triggers?.map(({ metadata }) => metadata.query) ?? [],
  );
  const named = queries.flatMap((query) => query.match(/siaran_\w+/g) ?? []);
  if (named.length === 0) throw new Error('Nothing scales: no trigger asks for a metric.');
  return [
    ...faultsOfVariables('deploy/kubernetes/siaran.yaml', Object.keys(settings)),
    ...named
      .filter((name) => !metrics.includes(`\`${name}\``))
      .map((name) => `${name} isn't in docs/reference/metrics.md`),
  ];
}

/** @returns a sentence for each fault of the units of systemd, also what systemd itself finds where it is installed. */
export function faultsOfUnits() {
  const folder = join(root, 'deploy/systemd');
  return readdirSync(folder).flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const [, command = ''] = /^ExecStart=\S+ \S+main\.js --config \S+ (.*)$/m.exec(text) ?? [];
    const names = [...text.matchAll(/^Environment=(\w+)=/gm)].map(([, name]) => name);
    const stops = Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1]);
    return [
      ...(command === '' ? [`${file} starts no command of the program`] : faultsOfCommand(file, command.split(' '))),
      ...(command === 'worker' && !(stops > longestStopS) ? [`${file} gives a worker too little time to stop`] : []),
      ...faultsOfVariables(file, names),
    ];
  });
}
