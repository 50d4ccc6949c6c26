import { writeFileSync } from 'node:fs';
import { makeTypes, typesFile } from './types.mjs';

writeFileSync(typesFile, await makeTypes());
