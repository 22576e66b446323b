#compdef contrail
# Completion of contrail for zsh, behind compinit: eval "$(contrail completion zsh)"

# PLACES

_contrail() {
  local place='' pending='' word row
  local tab=$'\t'
  local -i i nth=0
  local -a subs flags values shown
  _contrail_place ''
  for ((i = 2; i < CURRENT; i++)); do
    word=${words[i]}
    if [[ -n $pending ]]; then pending=''; continue; fi
    if [[ $word == -* ]]; then
      for row in $flags; do [[ $row == "$word="* ]] && pending=${${row%%$tab*}#*=}; done
      continue
    fi
    if ((nth == 0)) && [[ -n ${subs[(r)$word$tab*]} ]]; then
      place="${place:+$place }$word"
      _contrail_place "$place"
    else
      nth+=1
    fi
  done
  if [[ -z $pending && $PREFIX == --*=* ]]; then
    row=${flags[(r)${PREFIX%%=*}=*]}
    pending=${${row%%$tab*}#*=}
    compset -P '*='
  fi
  if [[ -n $pending ]]; then _contrail_value $pending; return; fi
  if [[ $PREFIX != -* ]]; then
    ((nth == 0 && $#subs)) && _contrail_words command $subs
    row=${values[nth+1]}
    ((nth >= $#values && $#values)) && row=${(M)values[-1]:#+*}
    if [[ -n $row ]]; then _contrail_value ${row#+}; return; fi
    ((nth == 0 && $#subs)) && return
  fi
  for row in $flags; do shown+=("${${row%%$tab*}%%=*}$tab${row#*$tab}"); done
  _contrail_words option $shown
}

# Each with what is said of it behind a tab.
_contrail_words() {
  local what=$1 row tab=$'\t'
  local -a rows
  shift
  for row in "$@"; do rows+=("${row%%$tab*}:${row#*$tab}"); done
  _describe -t ${what}s $what rows
}

_contrail_value() {
  case $1 in
    w:*) compadd -- ${=1#w:} ;;
    l:*) compset -P '*,'; compadd -S '' -- ${=1#l:} ;;
    f) _files ;;
    d) _files -/ ;;
    p) compadd -- ${(f)"$(${words[1]} profile list --names 2>/dev/null)"} ;;
  esac
}

compdef _contrail contrail
