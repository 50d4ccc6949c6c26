// The types of the library in one file, without those of its inside.
import dts from 'rollup-plugin-dts';

// biome-ignore lint/style/noDefaultExport: rollup reads it so.
export default {
  input: '../../dist/src/index.d.ts',
  output: { file: '../../dist/program/index.d.ts' },
  plugins: [dts()],
};
