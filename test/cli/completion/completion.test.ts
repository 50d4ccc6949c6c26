import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { adminRoles } from '../../../src/domain/people/roles.js';
import { run } from '../siaran.js';
import { fishOffers, has, openShell } from './shells.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-shells-'));
  await writeFile(join(folder, 'list of people.csv'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout, stderr } = await run(['completion', shell]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const states = ['cancelled', 'finished', 'open'];
const commandsOfSuppress = ['add', 'import', 'list', 'remove', 'undo'];

describe.each(['bash', 'zsh'] as const)('%s', (name) => {
  it('completes commands, options, values and files as they are typed', async () => {
    if (!(await has(name)) || !(await has('script'))) return console.warn(`skipped: there is no ${name}, or no script`);
    const shell = await openShell(name, folder, await scriptFor(name));
    try {
      expect(await shell.completed('cam')).toEqual(['campaign']);
      expect(await shell.completed('campaign sh')).toEqual(['campaign', 'show']);
      expect(await shell.completed('--config settings.yaml cam')).toEqual(['--config', 'settings.yaml', 'campaign']);
      expect(await shell.completed('send --dry')).toEqual(['send', '--dry-run']);
      expect(await shell.completed('send --name "December invoices" --delivery ind')).toEqual([
        'send',
        '--name',
        'December invoices',
        '--delivery',
        'individual',
      ]);
      expect(await shell.completed('send --delivery=ind')).toEqual(['send', '--delivery=individual']);
      expect(await shell.completed('send list')).toEqual(['send', 'list of people.csv']);
      expect(await shell.completed('completion fi')).toEqual(['completion', 'fish']);
      expect(await shell.offered('send --separator ')).toEqual([',', '--separator', ';', 'send']);
      expect(await shell.offered('user role ada ')).toEqual(['ada', 'role', 'user', ...adminRoles].sort());
      expect(await shell.offered('runs --state ')).toEqual(expect.arrayContaining(states));
      expect(await shell.offered('suppress ')).toEqual(expect.arrayContaining(commandsOfSuppress));
    } finally {
      await shell.close();
    }
  });
});

describe('fish', () => {
  it('completes commands, options, values and files, and tells what they do', async () => {
    if (!(await has('fish'))) return console.warn('skipped: there is no fish');
    const lines = ['cam', 'campaign sh', '--config settings.yaml cam', 'send --dry', 'send --name x --delivery ind'];
    const more = ['send list', 'completion fi', 'send --separator ', 'user role ada ', 'runs --state ', 'run '];
    const [campaign, show, behindConfig, dry, delivery, file, shell, separators, roles, ofRuns, ofRun] =
      await fishOffers(folder, await scriptFor('fish'), [...lines, ...more]);
    expect(campaign).toEqual(['campaign\tmanage campaigns: broadcasts that are sent on a schedule']);
    expect(show).toEqual(['show\tshow a campaign, its latest firings and its next ones']);
    expect(behindConfig).toEqual(campaign);
    expect(dry).toEqual(['--dry-run\tshow what would be sent and when; nothing is sent or uploaded']);
    expect(delivery).toEqual([expect.stringMatching(/^individual(\t|$)/)]);
    expect(file).toEqual(['list of people.csv']);
    expect(shell).toEqual([expect.stringMatching(/^fish(\t|$)/)]);
    const words = (rows: string[] = []) => rows.map((row) => row.split('\t')[0]);
    expect(words(separators).sort()).toEqual([',', ';']);
    expect(words(roles).sort()).toEqual([...adminRoles].sort());
    expect(words(ofRuns)).toEqual(expect.arrayContaining(states));
    expect(ofRun).toEqual([]);
  });
});

/** The commands and options that a help shows. */
async function told(words: string): Promise<string[]> {
  const { stdout } = await run([...words.split(' '), '--help'].filter((word) => word !== ''));
  const [, listed = ''] = /\nCommands:\n((?: .*\n)*)/.exec(stdout) ?? [];
  const found = [...listed.matchAll(/^ {2}([a-z][a-z-]*)(?= )/gm), ...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)];
  return found.map(([, name = '']) => name).sort();
}

it.each(['', 'send', 'message', 'campaign', 'campaign add', 'suppress', 'user', 'user token', 'worker'])(
  'what the help of siaran %s shows is offered, and nothing else',
  async (words) => {
    const ask = `_siaran_commands '${words}'; _siaran_options '${words}'`;
    const script = `${await scriptFor('bash')}\n${ask}`;
    const rows = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n');
    const offered = rows.map((row) => row.split(':')[0] ?? '').filter((name) => name !== '' && !/^-\w$/.test(name));
    expect(offered.sort()).toEqual(await told(words));
    expect(offered.length).toBeGreaterThan(1);
  },
);

it('another shell is refused, with those that there are', async () => {
  expect(await run(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Allowed choices are bash, zsh, fish'),
  });
});
