// Holds the manifests of deploy/kubernetes against the types of Kubernetes and KEDA, which come from npm: the compiler finds what is
// unknown, missing or of another type.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '../..');
const { parseAllDocuments } = createRequire(join(root, 'package.json'))('yaml');

const folder = join(root, 'deploy/kubernetes');
const isKustomize = (document) => document.apiVersion?.startsWith('kustomize.config.k8s.io/');

/** @returns every document of every file there, with the file's path below the folder. */
export function readManifests() {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith('.yaml') && file !== 'siaran.yaml')
    .sort()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(folder, file), 'utf8')).map((document) => {
        if (document.errors.length > 0) throw new Error(`${file}: ${document.errors[0].message}`);
        return { file, document: document.toJS() };
      }),
    );
}

/** @returns a sentence for each fault. */
export function faultsOfTypes(manifests) {
  const typed = manifests.filter(({ document }) => !isKustomize(document));
  const source = typed
    .map(({ file, document }, at) => {
      const [group, version] = document.apiVersion.includes('/')
        ? document.apiVersion.split('/')
        : ['', document.apiVersion];
      const of = group.startsWith('keda.') ? '@kubernetes-models/keda' : 'kubernetes-models';
      const path = [of, group, version, document.kind].filter((part) => part !== '').join('/');
      return `import type { I${document.kind} as T${at} } from '${path}';
// ${file}
export const m${at}: T${at} = ${JSON.stringify(document, undefined, 2)};`;
    })
    .join('\n');
  const out = join(here, 'generated');
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, 'manifests.ts'), source);
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const options = [
    '--noEmit',
    '--strict',
    '--ignoreConfig',
    '--skipLibCheck',
    '--module',
    'esnext',
    '--moduleResolution',
    'bundler',
  ];
  try {
    execFileSync(process.execPath, [compiler, ...options, '--types', '', 'manifests.ts'], { cwd: out, stdio: 'pipe' });
    return [];
  } catch (error) {
    return String(error.stdout ?? error.message)
      .trim()
      .split('\n');
  }
}

/** @returns a sentence for each file that no kustomization names, and each that isn't there. */
export function faultsOfKustomize(manifests) {
  return manifests
    .filter(({ document }) => isKustomize(document))
    .flatMap(({ file, document }) => {
      const below = join(folder, dirname(file));
      const there = readdirSync(below).filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml');
      const named = [
        ...(document.resources ?? []),
        ...(document.configMapGenerator ?? []).flatMap(({ files }) => files),
      ];
      const differ = [
        ...there.filter((name) => !named.includes(name)),
        ...named.filter((name) => !there.includes(name)),
      ];
      return differ.map((name) => `${file} names ${name}, which isn't there, or doesn't name it, which is`);
    });
}
