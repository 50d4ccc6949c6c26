import { root } from '../package/run.mjs';
import { base } from './base.mjs';
import { buildah } from './buildah.mjs';

export const image = 'localhost/siaran:try';

/** Every line of the Dockerfile as it stands, on the base that was made here. Returns how many there are. */
export async function buildImage() {
  const how = ['--format', 'docker', '--isolation', 'chroot', '--pull-never', '--build-arg', `NODE_IMAGE=${base}`];
  const told = await buildah('bud', ...how, '--tag', image, root);
  return new Set(told.match(/^\[\d\/\d\] STEP \d+/gm)).size;
}

export async function sizeOf(name) {
  const [{ size }] = JSON.parse(await buildah('images', '--json', name));
  return size;
}
