import { excerptMasked } from '../domain/numbers/mask-number.js';
import { nearestName } from '../domain/text/nearest-name.js';
import { type Environment, environment } from './environment.js';
import { readableFromFiles } from './files/secret-files.js';

/** The last one is for the compose file alone, and may stand in the same `.env`. */
const known: readonly string[] = [
  ...Object.keys(environment.shape),
  ...readableFromFiles.map((name) => `${name}_FILE`),
  ...['CONFIG_FILE', 'STOP_GRACE_PERIOD'].map((name) => `SIARAN_${name}`),
];

/** What Kubernetes sets in every pod beside a service whose name begins with `siaran-`. */
const ofKubernetes = /_SERVICE_(HOST|PORT(_[A-Z\d_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/;
const address = /^(tcp|udp|sctp):\/\//;

/**
 * The variables that begin with `SIARAN_` and that nothing reads, each with the name that was probably meant. They are no fault: builds of
 * other versions may share the environment.
 */
export function unknownVariables(env: Environment): string[] {
  return Object.entries(env).flatMap(([name, text]) => {
    const isOurs = name.startsWith('SIARAN_') && text !== undefined && text.trim() !== '';
    if (!isOurs || known.includes(name) || ofKubernetes.test(name) || address.test(text)) return [];
    const meant = nearestName(name, known);
    return [`${excerptMasked(name)}${meant === undefined ? '' : ` (${meant} was probably meant)`}`];
  });
}
