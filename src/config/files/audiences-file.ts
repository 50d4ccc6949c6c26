import { type AudienceSpec, parseAudience } from '../../domain/campaigns/audience.js';
import { showMasked } from '../../domain/numbers/mask-number.js';
import { isLabel } from '../../domain/runs/label.js';
import { readMappingFile } from './yaml-file.js';

/** Audiences that campaigns ask for by `named:NAME`, by their names: a file each, or a query. */
export type NamedAudiences = ReadonlyMap<string, Extract<AudienceSpec, { kind: 'file' | 'sql' }>>;

const form = 'write for each audience its name, a colon, and file:PATH or sql:QUERY in quotes';

/** Reads the file that SIARAN_AUDIENCES_FILE names, if it does. `faults` is a sentence for each thing that is wrong. */
export function readAudiencesFile(path: string | undefined): { audiences: NamedAudiences; faults: string[] } {
  const audiences = new Map<string, Extract<AudienceSpec, { kind: 'file' | 'sql' }>>();
  if (path === undefined) return { audiences, faults: [] };
  const faults: string[] = [];
  const refuse = (fault: string) => faults.push(`SIARAN_AUDIENCES_FILE: ${path} ${fault}`);
  const file = readMappingFile(path, form);
  if (!file.ok) refuse(file.fault);
  for (const [name, text] of Object.entries(file.ok ? file.mapping : {})) {
    const reading = typeof text === 'string' ? parseAudience(text) : undefined;
    const spec = reading?.ok ? reading.audience : undefined;
    if (!isLabel(name)) refuse(`has the audience ${showMasked(name)}: a name has 1 to 200 characters in one line`);
    else if (spec?.kind === 'file' || spec?.kind === 'sql') audiences.set(name, spec);
    // What stands there is a query, and not for everybody's eyes.
    else refuse(`has the audience ${showMasked(name)}, which is neither file:PATH nor sql:QUERY; ${form}`);
  }
  return { audiences, faults };
}
