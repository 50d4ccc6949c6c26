import { transformSync } from '@swc/core';

/** What Node runs of a file in TypeScript: its lines and places stand in a map at its end. */
export function toJavaScript(source, filename) {
  return transformSync(source, {
    filename,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2023' },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  });
}
