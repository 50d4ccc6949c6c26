// Makes the package in a folder that is thrown away, and lets the judges look at it:
//   npm run lint:package
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePackage } from './pack.mjs';

const folder = await mkdtemp(join(tmpdir(), 'siaran-package-'));
try {
  await makePackage(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
