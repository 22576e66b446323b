# Completion of contrail for bash, from 3.2 on: eval "$(contrail completion bash)"

# PLACES

_contrail() {
  local cur=${COMP_WORDS[COMP_CWORD]} path='' pending='' glued='' nth=0 word row i
  local -a subs flags values
  COMPREPLY=()
  _contrail_place ''
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    # bash cuts words at these: what follows belongs to what was before.
    if [[ $word =~ ^[:=@]+$ ]]; then [[ -n $pending ]] || glued=1; continue; fi
    if [[ -n $glued ]]; then glued=''; continue; fi
    if [[ -n $pending ]]; then pending=''; continue; fi
    if [[ $word == -* ]]; then
      for row in "${flags[@]}"; do [[ $row == "$word="* ]] && pending=${row#*=}; done
      continue
    fi
    for row in "${subs[@]}"; do
      if [[ $nth == 0 && $row == "$word" ]]; then
        path="${path:+$path }$word"
        _contrail_place "$path"
        nth=-1
        break
      fi
    done
    nth=$((nth + 1))
  done
  [[ $cur =~ ^[:=@]+$ ]] && cur=''
  [[ -n $glued ]] && return
  if [[ -n $pending ]]; then _contrail_value "$pending" "$cur" "$1"; return; fi
  if [[ $cur != -* ]]; then
    [[ $nth == 0 ]] && _contrail_words "$cur" '' "${subs[@]}"
    row=${values[nth]:-}
    if [[ $nth -ge ${#values[@]} && ${#values[@]} -gt 0 ]]; then row=${values[${#values[@]} - 1]}; [[ $row == +* ]] || row=''; fi
    if [[ -n $row ]]; then _contrail_value "${row#+}" "$cur" "$1"; return; fi
    [[ ${#COMPREPLY[@]} -gt 0 || -n $cur ]] && return
  fi
  _contrail_words "$cur" '' "${flags[@]%%=*}"
}

_contrail_words() {
  local cur=$1 before=$2 word
  shift 2
  for word in "$@"; do
    if [[ $word == "$cur"* ]]; then COMPREPLY+=("$before$word"); fi
  done
}

_contrail_value() {
  local sign=$1 cur=$2 line=''
  case $sign in
    w:*) _contrail_words "$cur" '' ${sign#w:} ;;
    l:*)
      [[ $cur == *,* ]] && line="${cur%,*},"
      compopt -o nospace 2>/dev/null
      _contrail_words "${cur##*,}" "$line" ${sign#l:}
      ;;
    f | d)
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -"$sign" -- "$cur")
      ;;
    p) while IFS= read -r line; do _contrail_words "$cur" '' "$line"; done < <("$3" profile list --names 2>/dev/null) ;;
  esac
}

complete -F _contrail contrail
