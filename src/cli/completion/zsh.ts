import type { CommandShape } from './shape.js';
import { anyFile, tables } from './tables.js';

/** The script for zsh, which also shows what each command and option does. It may be sourced, or stand as `_siaran` in `fpath`. */
export function zshScript(shapes: readonly CommandShape[]): string {
  return `#compdef siaran
# Completion of siaran for zsh: source <(siaran completion zsh), behind compinit
${tables(shapes)}
_siaran_offer() {
  local -a lines=("\${(@f)1}")
  if [[ "$1" == '${anyFile}' ]]; then _files
  elif [[ -n "$1" ]]; then compadd -a lines
  fi
}
_siaran() {
  local named='' option='' word
  local -a lines
  integer place=0 at
  for ((at = 2; at < CURRENT; at++)); do
    word=\${words[at]}
    if [[ -n "$option" ]]; then option=''
    elif [[ "$word" == -*=* ]]; then continue
    elif [[ "$word" == -* ]]; then _siaran_values "$named $word" >/dev/null && option=$word
    elif ((place == 0)) && _siaran_commands "$named" | grep -q -e "^$word:"; then named="\${named:+$named }$word"
    else place+=1
    fi
  done
  if [[ -z "$option" && "$PREFIX" == --*=* ]]; then
    option=\${PREFIX%%=*}
    compset -P '*='
  fi
  if [[ -n "$option" ]]; then _siaran_offer "$(_siaran_values "$named $option")"
  elif [[ "$PREFIX" == -* ]]; then
    lines=("\${(@f)$(_siaran_options "$named")}")
    _describe -o option lines
  else
    lines=("\${(@f)$(_siaran_commands "$named")}")
    [[ -n "$lines" ]] && _describe command lines
    _siaran_offer "$(_siaran_values "$named $place" || _siaran_values "$named *")"
  fi
}
if [[ "\${funcstack[1]}" == '_siaran' ]]; then _siaran "$@"; else compdef _siaran siaran; fi`;
}
