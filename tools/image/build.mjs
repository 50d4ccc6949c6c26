import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fetchNode } from '../package/nodes.mjs';
import { root, run } from '../package/run.mjs';

const folder = join(root, '.siaran', 'image');
const storage = join(folder, 'storage');

/** What the Dockerfile builds on, unless it is told otherwise: made here, it is found under that name and nothing is pulled. */
export const base = 'docker.io/library/node:24-slim';
export const image = 'localhost/siaran:try';

export async function buildah(...args) {
  const own = ['--root', storage, '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];
  const { stdout } = await run('buildah', [...own, ...args]);
  return stdout.trim();
}

/** Debian 12 with Node 24, npm and a user `node`, in the place of the published image. */
export async function makeBase() {
  const debian = join(folder, 'debian');
  if (!existsSync(join(debian, 'etc', 'debian_version')))
    await run('debootstrap', ['--variant=minbase', 'bookworm', debian]);
  const node = await fetchNode('24');
  const npm = join((await run('npm', ['root', '--global'])).stdout.trim(), 'npm');
  const container = await buildah('from', 'scratch');
  await buildah('add', container, debian, '/');
  await buildah('add', '--chmod', '755', container, node.path, '/usr/local/bin/node');
  await buildah('add', container, npm, '/usr/local/lib/node_modules/npm');
  const rest =
    'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && useradd --uid 1000 node && apt-get clean';
  await buildah('run', '--isolation', 'chroot', container, '--', 'sh', '-c', rest);
  // Where a company's proxy looks into HTTPS, npm has to know its certificate.
  const certificate = process.env.NODE_EXTRA_CA_CERTS;
  if (certificate) {
    await buildah('add', container, certificate, '/etc/ssl/extra.pem');
    await buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/etc/ssl/extra.pem', container);
  }
  await buildah('commit', '--rm', container, base);
  return `Debian 12, Node ${node.version}`;
}

/** Every line of the Dockerfile, as it stands. Returns how many there are. */
export async function buildImage() {
  const told = await buildah(
    'bud',
    '--format',
    'docker',
    '--isolation',
    'chroot',
    '--pull-never',
    '--tag',
    image,
    root,
  );
  return new Set(told.match(/^\[\d\/\d\] STEP \d+/gm)).size;
}

export async function sizeOf(name) {
  const [{ size }] = JSON.parse(await buildah('images', '--json', name));
  return size;
}
