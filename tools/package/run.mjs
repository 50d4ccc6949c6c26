import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
/** This folder. */
export const here = fileURLToPath(new URL('.', import.meta.url));

/** Runs a program to its end. Rejects with what it wrote, if it fails. */
export function run(command, args, { cwd = root, env = process.env, uid, gid } = {}) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { cwd, env, uid, gid, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const told = `${command} ${args.join(' ')}: ${error?.code}\n${stdout}\n${stderr}`;
      if (error) reject(Object.assign(new Error(told), { stdout }));
      else resolve({ stdout, stderr });
    });
  });
}
