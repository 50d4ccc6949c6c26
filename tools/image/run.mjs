import { spawn } from 'node:child_process';
import { image } from './build.mjs';
import { buildah } from './buildah.mjs';

// The image's root, which nobody can write to, a /tmp, and what every container has of the system.
const enter = `set -e
mount --bind "$0" "$0"
mount -o remount,bind,ro "$0"
mount -t tmpfs tmpfs "$0/tmp"
for name in dev proc; do mount --rbind "/$name" "$0/$name"; done
exec chroot "$0" "$@"`;

/**
 * The image, unpacked: what it says of its command is done as an engine does it, as its own user, without any capability, with a root
 * that can't be written to. It has this machine's network.
 */
export async function openImage() {
  const [container, about] = [
    await buildah('from', '--pull-never', image),
    JSON.parse(await buildah('inspect', '--type', 'image', image)),
  ];
  const folder = await buildah('mount', container);
  const { User, Env, WorkingDir, Entrypoint, Cmd } = about.OCIv1.config;
  const unprivileged = ['setpriv', `--reuid=${User}`, `--regid=${User}`, '--init-groups'];
  const bound = ['--bounding-set=-all', '--no-new-privs'];

  /** Starts a program in it. With `input`, that is its standard input. */
  function start(program, env, input = '') {
    const args = ['--mount', 'bash', '-c', enter, folder, ...unprivileged, ...bound];
    const given = [
      '--',
      'env',
      '-i',
      `--chdir=${WorkingDir}`,
      ...Env,
      ...Object.entries(env).map((one) => one.join('=')),
    ];
    const child = spawn('unshare', [...args, ...given, ...program]);
    const told = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => told.push(bytes));
    child.stdin.end(input);
    const ended = new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, text: Buffer.concat(told).toString() }));
    });
    return { ended, stop: () => child.kill('SIGTERM') };
  }

  return {
    /** The image's own command, a worker. */
    work: (env) => start([...Entrypoint, ...Cmd], env),
    /** What its health check does. */
    checkHealth: (env) => start(about.Docker.config.Healthcheck.Test.slice(1), env).ended,
    siaran: (args, env, input) => start([...Entrypoint, ...args], env, input).ended,
    node: (program) => start(['node', '--eval', program], {}).ended,
    close: () => buildah('rm', container),
  };
}
