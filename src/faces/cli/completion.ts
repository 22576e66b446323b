// `contrail completion bash|zsh|fish`: prints what teaches the shell the commands, made of the commands themselves.

import { Argument } from 'commander'
import type { Command } from 'commander'
import { print } from './context.ts'
import type { CliContext } from './context.ts'
import { listPlaces } from './completion/places.ts'
import { renderScript, shells } from './completion/scripts.ts'

export function addCompletion(program: Command, context: CliContext): void {
  program
    .command('completion')
    .summary('print a script that completes commands, flags and words in your shell')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      '\nIn ~/.bashrc:                    eval "$(contrail completion bash)"\nIn ~/.zshrc, behind compinit:    eval "$(contrail completion zsh)"\nOnce, for fish:                  contrail completion fish > ~/.config/fish/completions/contrail.fish',
    )
    .action((shell: (typeof shells)[number]) => print(context, renderScript(shell, listPlaces(program)).trimEnd()))
}
