import { runProgram } from '../src/cli/program.js';

// What `siaran worker` does, for those who start it by its file.
await runProgram(['worker', ...process.argv.slice(2)]);
