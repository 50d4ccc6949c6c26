import type { CommandShape } from './shape.js';
import { anyFile, tables } from './tables.js';

/**
 * The script for bash. It follows the words before the cursor to the command that they name, and offers what may come next.
 */
export function bashScript(shapes: readonly CommandShape[]): string {
  return `# Completion of siaran for bash: source <(siaran completion bash)
${tables(shapes)}
_siaran() {
  local named='' option='' offered='' word cur="\${COMP_WORDS[COMP_CWORD]}"
  local -i place=0 at
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    # bash makes three words of --option=value.
    if [[ "$word" == '=' ]]; then continue
    elif [[ -n "$option" ]]; then option=''
    elif [[ "$word" == -* ]]; then _siaran_values "$named $word" >/dev/null && option="$word"
    elif ((place == 0)) && _siaran_commands "$named" | grep -q -e "^$word:"; then named="\${named:+$named }$word"
    else place+=1
    fi
  done
  [[ "$cur" == '=' ]] && cur=''
  if [[ -n "$option" ]]; then offered=$(_siaran_values "$named $option")
  elif [[ "$cur" == -* ]]; then offered=$(_siaran_options "$named")
  else offered=$(_siaran_commands "$named"; _siaran_values "$named $place" || _siaran_values "$named *")
  fi
  COMPREPLY=()
  while IFS= read -r word; do
    word="\${word%%:*}"
    if [[ "$word" == '${anyFile}' ]]; then
      compopt -o filenames
      while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur")
    elif [[ -n "$word" && "$word" == "$cur"* ]]; then COMPREPLY+=("$(printf '%q' "$word")")
    fi
  done <<<"$offered"
}
complete -F _siaran siaran`;
}
