# What bash would offer at the end of each line given: complete.bash SCRIPT LINE... Run by src/faces/cli/completion/completion.test.ts.
source "$1"
shift
for line in "$@"; do
  COMP_WORDS=()
  rest=$line
  # bash cuts a line into words at these by itself, before it asks.
  while [[ -n $rest ]]; do
    if [[ $rest =~ ^[:=@]+ || $rest =~ ^[^\ :=@]+ ]]; then COMP_WORDS+=("${BASH_REMATCH[0]}"); else [[ $rest =~ ^\ + ]]; fi
    rest=${rest#"${BASH_REMATCH[0]}"}
  done
  [[ $line == *\  ]] && COMP_WORDS+=('')
  COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
  _contrail contrail
  echo "${COMPREPLY[*]}"
done
