import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { root } from '../docs/markdown.js';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siaran-images-'));
  await mkdir(join(folder, 'docker'));
  await cp(join(root, 'docker/pin-images.sh'), join(folder, 'docker/pin-images.sh'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** What a file gives the variables: `NODE_IMAGE=…`, or `${NODE_IMAGE:-…}`. */
function imagesIn(text: string): Record<string, string> {
  const given = text.matchAll(/([A-Z]+_IMAGE)(?:=|:-)([\w:./@-]+)/g);
  return Object.fromEntries([...given].map(([, name = '', image = '']) => [name, image]));
}

test('each image from elsewhere is named with its digest, and is the same one in each file', async () => {
  const files = ['docker-compose.yml', '.env.example', 'Dockerfile'].map((name) => readFile(join(root, name), 'utf8'));
  const [compose = '', template = '', dockerfile = ''] = await Promise.all(files);
  const images = imagesIn(compose);
  expect(images).toEqual({
    NODE_IMAGE: expect.stringMatching(/^node:24\.\d+\.\d+-slim@sha256:[0-9a-f]{64}$/),
    POSTGRES_IMAGE: expect.stringMatching(/^postgres:18\.\d+-alpine@sha256:[0-9a-f]{64}$/),
    REDIS_IMAGE: expect.stringMatching(/^redis:8\.\d+\.\d+-alpine@sha256:[0-9a-f]{64}$/),
  });
  expect(imagesIn(template)).toEqual(images);
  expect(imagesIn(dockerfile)).toEqual({ NODE_IMAGE: images.NODE_IMAGE });
  // A syntax would be an image too, which builds all the others.
  expect(dockerfile).not.toMatch(/^FROM (?!\$\{NODE_IMAGE\})|^# *syntax=/m);
});

/** In the place of Docker's command line, which needs a registry: it tells these digests of these tags, and fails for any other. */
async function answerWith(digests: Record<string, string>) {
  const answers = Object.entries(digests).map(([tag, digest]) => `  '${tag}') printf '"%s"' '${digest}' ;;`);
  const asked = '[ "$1 $2 $3 $5 $6" = "buildx imagetools inspect --format {{json .Manifest.Digest}}" ] || exit 2';
  const lines = ['#!/bin/sh', asked, 'case $4 in', ...answers, '  *) echo "no such image" >&2; exit 1 ;;', 'esac'];
  await writeFile(join(folder, 'docker/docker'), `${lines.join('\n')}\n`, { mode: 0o755 });
}

const pinImages = () =>
  run('sh', ['docker/pin-images.sh'], {
    cwd: folder,
    env: { ...process.env, PATH: [join(folder, 'docker'), process.env.PATH].join(delimiter) },
  });
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const env = () => readFile(join(folder, '.env'), 'utf8');

test('the script names the images of today in .env, keeps the tags that are there, and touches nothing else', async () => {
  const mirrored = 'mirror.example.com:5000/postgres:18.5-alpine';
  const before = `${await readFile(join(root, '.env.example'), 'utf8')}SIARAN_PREFIX=ours`;
  await writeFile(join(folder, '.env'), `POSTGRES_IMAGE=${mirrored}@${digest('0')}\n${before}`);
  await chmod(join(folder, '.env'), 0o600);
  for (const letter of ['a', 'b']) {
    const [node, postgres, redis] = ['node:24-slim', mirrored, 'redis:8-alpine'];
    await answerWith({ [node]: digest(letter), [postgres]: digest('c'), [redis]: digest('d') });
    const { stdout } = await pinImages();
    const pinned = [
      `NODE_IMAGE=${node}@${digest(letter)}`,
      `POSTGRES_IMAGE=${postgres}@${digest('c')}`,
      `REDIS_IMAGE=${redis}@${digest('d')}`,
    ];
    expect(stdout).toBe(`${pinned.join('\n')}\n`);
    expect(await env()).toBe(`${before}\n${stdout}`);
  }
  expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600);
});

test.each([
  ['a registry that does not know one of them', {}],
  ['an answer that is no digest', { 'redis:8-alpine': `Name: redis\nDigest: ${digest('d')}` }],
])('of %s, the script changes nothing, and says which it was', async (_, redis) => {
  await writeFile(join(folder, '.env'), 'SIARAN_PREFIX=ours\n');
  await answerWith({ 'node:24-slim': digest('a'), 'postgres:18-alpine': digest('b'), ...redis });
  await expect(pinImages()).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('No registry told the digest of redis:8-alpine. .env is as it was.'),
  });
  expect(await env()).toBe('SIARAN_PREFIX=ours\n');
});
