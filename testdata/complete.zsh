# What zsh would offer at the end of each line given: complete.zsh SCRIPT LINE... Run by src/faces/cli/completion/completion.test.ts.
# A real zsh on a terminal of its own has the Tab pressed; what it is about to offer is written down.
zmodload zsh/zpty zsh/zselect
found=$(mktemp)
zpty -b shell zsh -f -i
zpty -w shell "autoload -Uz compinit; compinit -D -u; source ${(q)1}
compadd() {
  if [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd \"\$@\"; return; fi
  local -a hits
  builtin compadd -A hits \"\$@\"
  (( \$#hits )) && print -rl -- \"\${(@)hits/#/\$IPREFIX}\" >> $found
  return 0
}
finish() { print 'END' >> $found; BUFFER= }
zle -N finish; bindkey '^G' finish"
shift
for line in "$@"; do
  : > $found
  zpty -w -n shell "$line"$'\t\x07'
  for ((i = 0; i < 500; i++)); do
    zpty -r -t shell ignored > /dev/null
    [[ "$(tail -n 1 $found)" == END ]] && break
    zselect -t 1
  done
  print -r -- "${(j: :)${(u)${(f)$(< $found)}}}"
done
zpty -d shell
rm -f $found
