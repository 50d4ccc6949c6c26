import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { addressesWithSecrets, readableFromFiles, secretVariables } from '../../src/config/files/secret-files.js';
import { namesIn, readPage, root, rowsOf } from '../docs/markdown.js';

type Service = { image: string; environment?: Record<string, string> } & Record<string, unknown>;

const read = (name: string) => readFile(join(root, name), 'utf8');

type Compose = { services: Record<string, Service>; secrets: Record<string, { file: string }> };

const compose = async (): Promise<Compose> => parse(await read('docker-compose.yml'), { merge: true });
const services = async () => (await compose()).services;

/** What a variable that names the file of a secret is about. */
const ofSecret = (name: string) => readableFromFiles.find((secret) => name === `${secret}_FILE`) ?? name;

/** Variables of the template, also those that are commented out. */
async function inTemplate(): Promise<Set<string>> {
  return new Set(
    [...(await read('.env.example')).matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name = '']) => ofSecret(name)),
  );
}

/** Variables that the compose file asks of .env. */
async function askedByCompose(): Promise<Set<string>> {
  return new Set(
    [...(await read('docker-compose.yml')).matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name = '']) => ofSecret(name)),
  );
}

/** Variables that the program reads, of which another test knows that they are in the reference. */
async function ofTheProgram(): Promise<Set<string>> {
  const rows = rowsOf(await readPage('docs/reference/configuration.md'), 'variable');
  return new Set(rows.flatMap(([names = '']) => namesIn(names)));
}

const without = (all: Set<string>, ...others: Set<string>[]) =>
  [...all].filter((name) => !others.some((other) => other.has(name))).sort();

/** What few need who have traces: it is in the reference only. */
const traceDetails = new Set<string>([
  'OTEL_EXPORTER_OTLP_TRACES_HEADERS',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TIMEOUT',
  'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT',
  'OTEL_SDK_DISABLED',
  'OTEL_TRACES_EXPORTER',
]);

test('the template has every variable that the compose file or the program reads, and no other', async () => {
  const template = await inTemplate();
  const compose = await askedByCompose();
  const program = await ofTheProgram();
  expect(compose.size).toBeGreaterThan(40);
  expect(program.size).toBeGreaterThan(40);
  expect({
    missing: [...without(compose, template), ...without(program, template, traceDetails)],
    // Node's own.
    strange: without(template, compose, program),
  }).toEqual({ missing: [], strange: ['NODE_EXTRA_CA_CERTS'] });
});

test('each program of the compose file is given every variable that the program reads', async () => {
  const program = await ofTheProgram();
  const given = new Set(Object.keys((await services()).worker?.environment ?? {}).map(ofSecret));
  // It has a Redis of its own, and the admin's address is on its command line; its port is the host's. Its network has no TLS.
  const tls = ['SIARAN_TLS', 'SIARAN_TLS_CERT_FILE', 'SIARAN_TLS_KEY_FILE'];
  const address = ['SIARAN_REDIS_CLUSTER', 'SIARAN_ADMIN_HOST', 'SIARAN_ADMIN_PORT'];
  const notGiven = new Set([...address, ...tls, ...traceDetails]);
  expect(without(program, given, notGiven)).toEqual([]);
  expect(without(given, program)).toEqual(['OTEL_SERVICE_NAME']);
});

test('each service is limited, gains no privilege, and has an image that .env can name', async () => {
  const all = Object.entries(await services());
  expect(all.map(([name]) => name)).toEqual(['postgres', 'redis', 'migrate', 'worker', 'admin']);
  for (const [name, service] of all)
    expect({ name, ...service }).toMatchObject({
      name,
      image: expect.stringMatching(/^(siaran|\$\{[A-Z]+_IMAGE:-[\w:.@-]+\})$/),
      mem_limit: expect.any(String),
      pids_limit: expect.any(Number),
      security_opt: ['no-new-privileges:true'],
    });
  expect((await services()).worker?.build).toEqual({
    context: '.',
    args: { NODE_IMAGE: expect.stringMatching(/^\$\{NODE_IMAGE:-/) },
  });
});

test('secrets are files: no environment and no argument of the compose file, and no line of the template, holds one', async () => {
  const { services: all, secrets } = await compose();
  const given = Object.entries(all).flatMap(([service, { environment = {}, secrets: mounted = [] }]) =>
    Object.entries(environment).map(([name, value]) => ({ service, name, value, mounted: mounted as string[] })),
  );
  const held = [...secretVariables.filter((name) => !traceDetails.has(name)), ...addressesWithSecrets];
  const files = held.map((name) => `${name}_FILE`);
  const isSecret = ({ name }: { name: string }) =>
    /PASSWORD|SECRET|TOKEN|DATABASE_URL|REDIS_URL|HEADERS/.test(name) || files.includes(name);
  expect(given.filter(isSecret).length).toBe(2 * files.length + 2);
  for (const { service, name, value, mounted } of given.filter(isSecret)) {
    const [, secret = ''] = /^(?:\$\{\w+_FILE:\+)?\/run\/secrets\/([\w-]+)\}?$/.exec(value) ?? [];
    expect({ service, name, secret, mounted }).toEqual({
      ...{ service, name: expect.stringMatching(/_FILE$/), secret: expect.any(String) },
      mounted: expect.arrayContaining([secret]),
    });
    expect(secrets).toHaveProperty([secret, 'file']);
  }
  const made = await read('docker/make-secrets.sh');
  for (const { file } of Object.values(secrets))
    if (file.startsWith('./')) expect(made).toContain(file.replace('./secrets/', ''));
  expect((await read('.env.example')).match(/^#?\w*(PASSWORD|SECRET|SECRET_KEY|TOKEN|HEADERS)=/gm)).toBeNull();
});

test('each file that the image is made of is let through to its build', async () => {
  const letThrough = (await read('.dockerignore')).split('\n').filter((line) => line.startsWith('!'));
  const copied = [...(await read('Dockerfile')).matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  expect(copied).toContain('tools/bundle.mjs');
  expect(copied.filter((name) => !letThrough.some((line) => `${name}/`.startsWith(`${line.slice(1)}/`)))).toEqual([]);
});
