import { existsSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBase } from '../image/base.mjs';
import { buildImage, image } from '../image/build.mjs';
import { buildah } from '../image/buildah.mjs';
import { root, run } from '../package/run.mjs';

/** What is made for the trial, and may be deleted after it. */
export const folder = join(root, '.siaran', 'compose');

/** What the compose file asks for, where there is no registry of images. */
export const images = { postgres: 'localhost/siaran-postgres:try', redis: 'localhost/siaran-redis:try' };

const programs = '/usr/lib/postgresql/18/bin';

/** How each is started: a script here, in the place of the published image's own, under its name. */
const changes = {
  postgres: [`ENV PATH=${programs}:/usr/local/bin:/usr/bin:/bin`, 'STOPSIGNAL SIGINT', 'VOLUME /var/lib/postgresql'],
  redis: ['WORKDIR /data', 'VOLUME /data'],
};

/**
 * Siaran's own, by each line of the Dockerfile, and a Postgres and a Redis of Debian's packages. Hands them to the engine.
 * @param isBuilt whether Siaran's is there already, from tools/image/try.mjs
 */
export async function makeImages(isBuilt) {
  await mkdir(folder, { recursive: true });
  if (!isBuilt) {
    await makeBase();
    await buildImage();
  }
  const archive = join(folder, 'siaran.tar');
  await rm(archive, { force: true });
  await buildah('push', image, `docker-archive:${archive}:siaran:latest`);
  await docker('load', '--input', archive);
  await rm(archive);

  const debian = join(folder, 'debian');
  if (!existsSync(join(debian, 'usr', 'bin', 'redis-server'))) {
    const include = '--include=postgresql-18,redis-server';
    await run('debootstrap', ['--variant=minbase', include, 'forky', debian, 'http://deb.debian.org/debian', 'sid']);
    // The package has made a database of its own.
    await rm(join(debian, 'var', 'lib', 'postgresql', '18'), { recursive: true });
  }
  for (const [name, tag] of Object.entries(images)) {
    await copyFile(join(root, 'tools', 'compose', `${name}.sh`), join(debian, 'usr/local/bin/docker-entrypoint.sh'));
    await mkdir(join(debian, 'data'), { recursive: true });
    const all = ['ENTRYPOINT ["docker-entrypoint.sh"]', ...changes[name]].flatMap((change) => ['--change', change]);
    await run('sh', ['-c', 'tar --directory "$0" --create . | docker import "$@"', debian, ...all, '-', tag]);
  }
}

export async function docker(...args) {
  return (await run('docker', args)).stdout.trim();
}
