import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export type Certificates = { ca: string; caPath: string; certPath: string; keyPath: string; otherCaPath: string };

/** Those of a server on this machine, by a CA of one's own, and that of a CA that has nothing to do with it. Made anew each time. */
export async function makeCertificates(dir: string): Promise<Certificates> {
  const [ca, otherCa] = await Promise.all([makeCa('Test CA'), makeCa('Another CA')]);
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...modern,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'keyUsage', digitalSignature: true },
      // Nodes of a cluster are each other's clients.
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: 'qiscus.internal' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const files = { caPath: ca.cert, certPath: server.cert, keyPath: server.private, otherCaPath: otherCa.cert };
  const paths = Object.fromEntries(Object.keys(files).map((name) => [name, join(dir, `${name.slice(0, -4)}.pem`)]));
  for (const [name, text] of Object.entries(files)) await writeFile(paths[name] ?? '', text, { mode: 0o600 });
  return { ...(paths as Omit<Certificates, 'ca'>), ca: ca.cert };
}

const modern = { keyType: 'ec', algorithm: 'sha256' } as const;

function makeCa(name: string) {
  return generate([{ name: 'commonName', value: name }], {
    ...modern,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}
