// Writes what the program is made of, a software bill of materials in CycloneDX: the packages that the bundler put into dist, in the
// versions of the lock file. Ends with an error if it isn't what CycloneDX's own schema asks for, or if one of them is missing in it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';

const root = join(import.meta.dirname, '../..');
const path = join(root, 'dist/siaran.cdx.json');

const bundled = bundledPackages();
const bom = onlyBundled(billOfAll());
const text = `${JSON.stringify(bom, undefined, 2)}\n`;

const faults = [...(await schemaFaults()), ...missing()];
if (faults.length > 0) throw new Error(`The bill of materials is wrong:\n${faults.join('\n')}`);
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, text);
console.log(`${relative(root, path)}: ${bom.components.length} packages, valid as CycloneDX ${bom.specVersion}`);

/** Also of what tests and tools need: the lock file doesn't know what is bundled. */
function billOfAll() {
  const args = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const all = JSON.parse(execFileSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 100_000_000 }));
  // npm takes the name of the folder, and anything for a library.
  Object.assign(all.metadata.component, { name: readJson('package.json').name, type: 'application' });
  return all;
}

function onlyBundled(all) {
  const isIn = (ref) => ref === all.metadata.component['bom-ref'] || bundled.has(ref);
  return {
    ...all,
    components: all.components.filter(({ 'bom-ref': ref }) => bundled.has(ref)).map(asPart),
    dependencies: all.dependencies
      .filter(({ ref }) => isIn(ref))
      .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter(isIn) })),
  };
}

/** What is bundled is a part of the program, although npm installs it for developers only. */
function asPart({ properties = [], ...component }) {
  const kept = properties.filter(({ name }) => name !== 'cdx:npm:package:development');
  return { ...component, scope: 'required', properties: kept };
}

/** What `npm run build` has put into dist, as `NAME@VERSION`. */
function bundledPackages() {
  const { packages } = readJson('package-lock.json');
  return new Set(
    readJson('dist/packages.json').map(
      (place) => `${place.replace(/^.*node_modules\//, '')}@${packages[place].version}`,
    ),
  );
}

async function schemaFaults() {
  const fault = await new Validation.JsonStrictValidator(Spec.Version.v1dot5).validate(text);
  return fault === null ? [] : [JSON.stringify(fault)];
}

/** Packages that are bundled, and the bill lacks or can't be checked by. */
function missing() {
  const told = new Map(bom.components.map((component) => [component['bom-ref'], component]));
  return [...bundled].flatMap((name) => {
    if (!told.has(name)) return [`${name} is missing`];
    return told.get(name).hashes?.length > 0 ? [] : [`${name} has no hash`];
  });
}

function readJson(name) {
  return JSON.parse(readFileSync(join(root, name), 'utf8'));
}
