# shellcheck shell=bash disable=SC2154
# Completion of usherctl and usherd in bash. The tables of commands and options stand before this text: the build writes them from
# the programs' own. A word in capitals is a placeholder; agents, contacts and queues are asked of the running usherd, and when
# it does not answer there are none.

# What may stand in place of the placeholder $1.
_usherctl_values() {
    local key=''
    local -a where=("${connection[@]}") list=()
    case $1 in
    AGENT) key=agent list=(agents) ;;
    CONTACT) key=contact list=(contacts) ;;
    QUEUE) key=queue list=(queues) ;;
    SWITCH) key=name list=(switch) ;;
    CAMPAIGN) key=campaign list=(campaign show) where+=("${settings[@]}") ;;
    REASON) key=reason list=(rules reasons) where+=("${settings[@]}") ;;
    HASH) key=hash list=(rules) where+=("${settings[@]}") ;;
    ROLE) printf '%s\n' observer supervisor admin ;;
    NAME) printf '%s\n' "$_usherctl_events" ;;
    FIELD=VALUE) printf '%s\n' name= phone= skill. capacity. ;;
    FILE | PATH | *.yaml | *.csv) compgen -f -- "$cur" ;;
    esac
    [ -z "$key" ] || timeout 1 "${COMP_WORDS[0]}" "${where[@]}" "${list[@]}" --json 2>/dev/null </dev/null |
        sed -n 's/.*"'"$key"'":"\([^"\\]*\)".*/\1/p'
}

# Splits what stands before the cursor into words[] and the options that say where usherd is, connection[],
# and where its settings are, settings[].
_usherctl_split() {
    local i word value
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word != -* ]]; then
            words+=("$word")
        elif [[ $'\n'$_usherctl_arguments == *$'\n'"$word "* ]]; then
            [[ ${COMP_WORDS[i + 1]-} != = ]] || ((i++))
            value=${COMP_WORDS[++i]-}
            while ((i + 1 < COMP_CWORD)) && [[ $value == *: || ${COMP_WORDS[i + 1]} == : ]]; do # readline cuts at colons
                value+=${COMP_WORDS[++i]}
            done
            case $word in
            --socket | --tcp | --token-file) connection+=("$word" "$value") ;;
            --config) settings=("$word" "$value") ;;
            esac
        fi
    done
}

# True when the words of a form, $2 and on, may go on behind words[1] and on; next is what its next word is. A form whose words
# all stand there has none, but goes on to have its options.
_usherctl_follows() {
    local -a form
    read -ra form <<<"$1"
    local i word last=
    if [ ${#form[@]} -gt 0 ]; then last=${form[-1]}; fi
    next=
    for ((i = 1; i < ${#words[@]}; i++)); do
        word=${form[i - 1]-}
        if [[ -z $word && $last == *...* ]]; then word=$last; fi
        [[ $word == "${words[i]}" || $word == [[A-Z]* ]] || return 1
    done
    next=${form[i - 1]-}
    if [[ -z $next && $last == *...* ]]; then next=$last; fi
    return 0
}

# The words that may come next, one a line.
_usherctl_list() {
    local command form options next
    if [ ${#words[@]} -eq 0 ] && [[ $cur != -* ]]; then
        cut -d'|' -f1 <<<"$_usherctl_forms" | uniq
        echo help
        return
    fi
    [[ $cur != -* ]] || printf '%s\n' "$_usherctl_options"
    if [ "${words[0]-}" = help ]; then
        [ ${#words[@]} -gt 1 ] || cut -d'|' -f1 <<<"$_usherctl_forms" | uniq
        return
    fi
    while IFS='|' read -r command form options; do
        if [ "$command" != "${words[0]-}" ] || ! _usherctl_follows "$form"; then continue; fi
        if [[ $cur == -* ]]; then
            tr ' ' '\n' <<<"$options"
        elif [[ $next == [[A-Z]* ]]; then
            next=${next#[}
            next=${next%]}
            _usherctl_values "${next%...}"
        else
            echo "$next"
        fi
    done <<<"$_usherctl_forms"
}

# Fills COMPREPLY with those of the lines on standard input that begin with $cur.
_usherctl_reply() {
    local line
    COMPREPLY=()
    while IFS= read -r line; do
        [[ -n $line && $line == "$cur"* ]] && COMPREPLY+=("$line")
    done < <(sort -u)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[=.] ]]; then compopt -o nospace 2>/dev/null; fi
}

# The argument's name when the word before the cursor is an option that takes one, from the table $1.
_usherctl_wants() {
    local name=${COMP_WORDS[COMP_CWORD - 1]} line
    if [ "$name" = = ]; then name=${COMP_WORDS[COMP_CWORD - 2]}; fi
    while read -r line; do
        if [ "${line%% *}" = "$name" ]; then echo "${line#* }"; fi
    done <<<"$1"
}

_usherctl() {
    local cur=${COMP_WORDS[COMP_CWORD]} wanted
    local -a words=() connection=() settings=()
    wanted=$(_usherctl_wants "$_usherctl_arguments")
    [ "$cur" != = ] || cur=
    _usherctl_split
    if [ -n "$wanted" ]; then
        case $wanted in FILE | PATH) compopt -o filenames 2>/dev/null ;; esac
        _usherctl_reply < <(_usherctl_values "$wanted")
    else
        _usherctl_reply < <(_usherctl_list)
    fi
}

_usherd() {
    local cur=${COMP_WORDS[COMP_CWORD]} wanted
    local -a connection=() settings=()
    wanted=$(_usherctl_wants "$_usherd_arguments")
    [ "$cur" != = ] || cur=
    if [ -n "$wanted" ]; then
        compopt -o filenames 2>/dev/null
        _usherctl_reply < <(_usherctl_values "$wanted")
    else
        _usherctl_reply <<<"$_usherd_options"
    fi
}

complete -F _usherctl usherctl
complete -F _usherd usherd
