import { chown, readFile, stat } from 'node:fs/promises';
import { SiaranError } from '../errors.js';
import { run } from './processes.js';

interface User {
  readonly uid: number;
  readonly gid: number;
}

export interface Command {
  readonly command: string;
  readonly args: readonly string[];
  readonly user?: User | undefined;
}

/**
 * Postgres refuses to run as root. Gives a function that makes a command one which doesn't: as whoever owns the data
 * already, else as `nobody`, who then owns `dataDir`. Without root, commands stay as they are.
 */
export async function unprivileged(program: string, dataDir: string): Promise<(command: Command) => Command> {
  if (process.getuid?.() !== 0) return (command) => command;
  const { uid, gid } = await stat(dataDir);
  const user = uid === 0 ? await nobody() : { uid, gid };
  await chown(dataDir, user.uid, user.gid);

  const probe = { command: 'sh', args: ['-c', 'test -x "$0" && test -w "$1"', program, dataDir] };
  if (await works({ ...probe, user })) return (command) => ({ ...command, user });
  // Below a closed folder, such as /root, the way there is opened for this process alone.
  if (await works(withOpenPaths(probe, user))) return (command) => withOpenPaths(command, user);
  throw new SiaranError(
    'LOCAL',
    `Postgres doesn't run as root, and the user with id ${user.uid} can't reach ${dataDir} and ${program}. ` +
      'Start as a normal user, or from a folder that everybody may enter.',
  );
}

function withOpenPaths(command: Command, { uid, gid }: User): Command {
  const ids = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups'];
  // The last makes access(2), which Postgres asks about its own program, count the capability too.
  const capability = [
    '--inh-caps',
    '+dac_override',
    '--ambient-caps',
    '+dac_override',
    '--securebits',
    '+no_setuid_fixup',
  ];
  return { command: 'setpriv', args: [...ids, ...capability, command.command, ...command.args] };
}

async function works(command: Command): Promise<boolean> {
  return run(command).then(
    () => true,
    () => false,
  );
}

async function nobody(): Promise<User> {
  const line = /^nobody:[^:]*:(\d+):(\d+):/m.exec(await readFile('/etc/passwd', 'utf8'));
  return { uid: Number(line?.[1] ?? 65534), gid: Number(line?.[2] ?? 65534) };
}
