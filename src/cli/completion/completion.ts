import { Argument, type Command } from 'commander';
import { print } from '../terminal/output.js';
import { bashScript } from './bash.js';
import { fishScript } from './fish.js';
import { type CommandShape, shapesOf } from './shape.js';
import { zshScript } from './zsh.js';

const scripts: Record<string, (shapes: readonly CommandShape[]) => string> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

const examples = `
Examples:
  source <(siaran completion bash)            # in ~/.bashrc
  source <(siaran completion zsh)             # in ~/.zshrc, behind compinit
  siaran completion fish | source             # in ~/.config/fish/config.fish
  siaran completion bash > /etc/bash_completion.d/siaran`;

/** @param wholeProgram the program with all of its commands, of which a process otherwise loads one. */
export function addCompletionCommand(program: Command, wholeProgram: () => Promise<Command>): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'whose script it is').choices(Object.keys(scripts)))
    .description('print a script that lets a shell complete commands, options and values')
    .addHelpText('after', examples)
    .action(async (shell: string) => {
      const script = scripts[shell]?.(shapesOf(await wholeProgram()));
      if (script !== undefined) await print(script);
    });
}
