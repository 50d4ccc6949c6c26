import { join } from 'node:path';
import { root, run } from '../package/run.mjs';

/** What is made for the trial, and may be deleted after it. */
export const folder = join(root, '.siaran', 'image');

const own = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run'), '--storage-driver', 'vfs'];

/** Runs a command of buildah's, whose images here are apart from the machine's own. Returns what it told. */
export async function buildah(...args) {
  return (await run('buildah', [...own, ...args])).stdout.trim();
}
