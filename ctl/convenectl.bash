# bash completion for convenectl: the program itself knows what may follow.
_convenectl()
{
    local line
    local -a words
    read -r -a words <<<"${COMP_LINE:0:COMP_POINT}"
    [[ ${COMP_LINE:0:COMP_POINT} == *' ' ]] && words+=('')
    COMPREPLY=()
    while IFS= read -r line; do
        # bash takes ':' for the end of a word; give it what is behind it
        [[ ${words[-1]} == *:* ]] && line=${line#"${words[-1]%:*}:"}
        COMPREPLY+=("$line")
    done < <("${words[0]}" complete "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _convenectl convenectl
