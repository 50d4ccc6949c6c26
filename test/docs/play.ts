import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fence, root } from './markdown.js';
import { Shown } from './matching.js';
import { type PageRig, untilQuiet } from './setting.js';
import { type Ended, type Place, runCommands, runProgram } from './shell.js';

/** Within the project, so that `import 'siaran'` finds the build. */
const compiledTo = join(root, '.siaran/docs');

export type Program = { page: string; line: number; name: string; code: string };

/**
 * A fence that imports is a program; all others of its page together are one more, which is given `siaran` and stands where the
 * first of them does.
 */
export function programsOf(fences: readonly Fence[]): Program[] {
  const code = fences.filter(({ language }) => language === 'ts');
  const parts = code.filter((fence) => !isWhole(fence));
  const ofPages = [...new Set(parts.map(({ page }) => page))].map((name) => parts.filter(({ page }) => page === name));
  return [...code.filter(isWhole), ...ofPages.map(joined)].map(({ page, line, code }) => ({
    ...{ page, line, code },
    name: `${page.replaceAll(/[/.]/g, '_')}_${line}`,
  }));
}

function isWhole({ code }: Fence): boolean {
  return /^import /m.test(code);
}

function joined(parts: readonly Fence[]): Fence {
  const blocks = parts.map(({ code }) => `{\n${code}}\n`).join('');
  const code = `import { openSiaran } from 'siaran';\nconst siaran = openSiaran();\n${blocks}await siaran.close();\n`;
  return { ...(parts[0] as Fence), code };
}

/** Compiles all programs at once, as a reader's project would. @throws an error with what the compiler says. */
export async function compile(programs: readonly Program[]): Promise<void> {
  await rm(compiledTo, { recursive: true, force: true });
  await mkdir(compiledTo, { recursive: true });
  const compilerOptions = { rootDir: '.', outDir: '.', incremental: false, declaration: false, sourceMap: false };
  const config = { extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] };
  await writeFile(join(compiledTo, 'tsconfig.json'), JSON.stringify(config));
  for (const { name, code } of programs) await writeFile(join(compiledTo, `${name}.ts`), thatLiesAhead(code));
  const compiler = join(root, 'node_modules/.bin/tsc');
  const { code, output } = await runProgram(compiler, ['-p', compiledTo], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '' },
  });
  if (code !== 0) throw new Error(`The examples don't compile:\n${output}`);
}

/** Runs the examples of a page in their order, each as its language says. @throws an error that names the first that fails. */
export async function play(rig: PageRig, fences: readonly Fence[], programs: readonly Program[]): Promise<void> {
  const shown = new Shown();
  for (const fence of fences) {
    try {
      if (fence.file !== undefined) await writeFile(join(rig.folder, fence.file), fence.code);
      await playOne(rig, fence, programs, shown);
      await untilQuiet(rig);
    } catch (cause) {
      throw new Error(`${fence.page}:${fence.line}: ${(cause as Error).message}`, { cause });
    }
  }
}

async function playOne(rig: PageRig, fence: Fence, programs: readonly Program[], shown: Shown): Promise<void> {
  const program = programs.find(({ page, line }) => page === fence.page && line === fence.line);
  if (program) succeed(await runProgram(process.execPath, [join(compiledTo, `${program.name}.js`)], placeOf(rig)));
  else if (fence.language === 'sh') succeed(await runCommands(here(rig, fence.code, shown), placeOf(rig)));
  else if (fence.language === 'sql') await rig.query(fence.code);
  else if (fence.language === 'console') await playConsole(rig, fence.code, shown);
}

/** `$ COMMAND` and what it prints, again and again. */
async function playConsole(rig: PageRig, text: string, shown: Shown): Promise<void> {
  for (const part of text.split(/^\$ /m).slice(1)) {
    // A line that ends in a backslash goes on in the next one.
    const [command = ''] = /^(?:.*\\\n)*.*/.exec(part) ?? [];
    const expected = part.slice(command.length).trimStart();
    const ended = await runCommands(here(rig, command, shown), placeOf(rig));
    try {
      // With --json, logs and warnings stand apart from the document.
      shown.compare(expected, /^[{[]/.test(expected) ? ended.stdout : ended.output);
    } catch (cause) {
      throw new Error(`${(cause as Error).message}\n$ ${command}\n${ended.output}`, { cause });
    }
    if ((ended.code !== 0) !== expected.startsWith('error: '))
      throw new Error(`${command} ended with ${ended.code}:\n${ended.output}`);
    await untilQuiet(rig);
  }
}

function placeOf({ folder, shellEnv }: PageRig): Place {
  return { cwd: folder, env: shellEnv };
}

function succeed({ code, output }: Ended): void {
  if (code !== 0) throw new Error(`it ended with ${code}:\n${output}`);
}

/** A command as it is given here: with the ids and the address that this run has, and a start that lies ahead. */
function here({ url }: PageRig, text: string, shown: Shown): string {
  return thatLiesAhead(shown.inPlace(text)).replaceAll('http://127.0.0.1:3000', url);
}

/** A start that a page writes is in the next year, whatever year it is. */
function thatLiesAhead(text: string): string {
  return text.replaceAll(/\b2027-(?=\d\d-\d\dT)/g, `${new Date().getFullYear() + 1}-`);
}
