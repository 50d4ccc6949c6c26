import leven from 'leven';
import { showMasked } from '../../domain/numbers/mask-number.js';
import { type Environment, environment } from '../environment.js';
import { readableFromFiles, secretVariables } from './secret-files.js';
import { readMappingFile } from './yaml-file.js';

const form = 'write a line for each variable, as SIARAN_CONCURRENCY: 8';

const secrets: readonly string[] = secretVariables;

/** What may stand in the file: each variable that isn't a secret, and the paths of files that hold secrets. */
const known: readonly string[] = [
  ...Object.keys(environment.shape).filter((name) => !secrets.includes(name)),
  ...readableFromFiles.map((name) => `${name}_FILE`),
  ...['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'],
];

/** Of these a password can be a part. */
const addresses = /_(URL|PROXY|ISSUER)$/;

/**
 * The variables that are set, and those of the file that SIARAN_CONFIG_FILE names, if it does. The environment counts more than the
 * file. `faults` is a sentence for each line that can't be used; none of them shows a value.
 */
export function addConfigFile(env: Environment): { variables: Record<string, string | undefined>; faults: string[] } {
  const given = Object.fromEntries(Object.entries(env).filter(([, text]) => text !== undefined && text.trim() !== ''));
  const path = given.SIARAN_CONFIG_FILE;
  if (path === undefined) return { variables: given, faults: [] };
  const file = readMappingFile(path, form, 'as it is written');
  if (!file.ok) return { variables: given, faults: [`SIARAN_CONFIG_FILE: ${path} ${file.fault}`] };
  const variables: Record<string, string | undefined> = {};
  const faults: string[] = [];
  for (const [name, value] of Object.entries(file.mapping)) {
    const fault = faultOf(name, value);
    if (fault !== undefined) faults.push(`SIARAN_CONFIG_FILE: ${path} has ${fault}`);
    else if (typeof value === 'string' && value.trim() !== '' && !isSet(name, given)) variables[name] = value;
  }
  return { variables: { ...variables, ...given }, faults };
}

/** A secret that is set counts more than the path of one, and the path of one more than an address. */
function isSet(name: string, given: Environment): boolean {
  const other = name.endsWith('_FILE') ? name.slice(0, -'_FILE'.length) : `${name}_FILE`;
  return [name, other].some((one) => given[one] !== undefined);
}

function faultOf(name: string, value: unknown): string | undefined {
  if (secrets.includes(name))
    return `${name}, which is a secret: put it into the environment, or into a file of its own that ${name}_FILE names`;
  if (name === 'SIARAN_CONFIG_FILE') return `${name}: that is this file`;
  if (/^OTEL_[A-Z_]+$/.test(name)) return `${name}: OpenTelemetry reads its variables from the environment only`;
  if (!known.includes(name)) return `the unknown name ${showMasked(name)}; the nearest is ${nearestTo(name)}`;
  if (typeof value !== 'string') return `${name}, whose value is a list or a mapping: write it as one text`;
  if (addresses.test(name) && hasPassword(value))
    return `${name} with a password in it, which is a secret: put it into the environment`;
  return undefined;
}

function nearestTo(name: string): string {
  const meant = name.slice(0, 100).toUpperCase();
  const [[nearest = ''] = []] = [...known, ...secrets]
    .map((other) => [other, leven(meant, other)] as const)
    .sort(([, a], [, b]) => a - b);
  return nearest;
}

/** An address of a proxy may lack its `http://`. */
function hasPassword(text: string): boolean {
  return [text, `http://${text}`].some((address) => URL.canParse(address) && new URL(address).password !== '');
}
