// Biome formats and checks the rest. These rules need types, which Biome doesn't see: above all a promise that nobody
// awaits, such as a forgotten `await` before a query.
import { createRequire } from 'node:module';

const tool = createRequire(new URL('./tools/lint/package.json', import.meta.url));
const { parser, plugin } = tool('typescript-eslint');

export default [
  { ignores: ['dist/', 'src/generated/', 'coverage/', '.siaran/', 'tools/'] },
  {
    files: ['**/*.ts'],
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      parser,
      // The first one covers src/ and workers/ too.
      parserOptions: {
        project: ['./test/tsconfig.json', './bench/tsconfig.json', './src/admin/browser/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    plugins: { '@typescript-eslint': plugin },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      // Inside of `try`, a promise that is returned and not awaited is not caught there.
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
];
