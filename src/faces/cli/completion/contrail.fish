# Completion of contrail for fish: contrail completion fish > ~/.config/fish/completions/contrail.fish

# PLACES

function __contrail_complete
    set -l cur (commandline -ct)
    set -l words (commandline -opc)
    set -l tab (printf '\t')
    set -l place ''
    set -l pending ''
    set -l nth 0
    __contrail_place ''
    for word in $words[2..-1]
        if test -n "$pending"
            set pending ''
        else if string match -q -- '-*' $word
            for row in $__contrail_flags
                if string match -q -- "$word=*" $row
                    set pending (string split -m1 -- = (string split -m1 -- $tab $row)[1])[2]
                end
            end
        else if test $nth -eq 0; and string match -q -- "$word$tab*" $__contrail_commands
            set place (string trim -- "$place $word")
            __contrail_place $place
        else
            set nth (math $nth + 1)
        end
    end
    if test -z "$pending"; and string match -q -- '--*=*' $cur
        set -l flag (string split -m1 -- = $cur)[1]
        for row in $__contrail_flags
            if string match -q -- "$flag=*" $row
                __contrail_value (string split -m1 -- = (string split -m1 -- $tab $row)[1])[2] "$flag=" (string split -m1 -- = $cur)[2] $words[1]
            end
        end
        return
    end
    if test -n "$pending"
        __contrail_value $pending '' "$cur" $words[1]
        return
    end
    if not string match -q -- '-*' $cur
        test $nth -eq 0; and printf '%s\n' $__contrail_commands
        set -l row $__contrail_values[(math $nth + 1)]
        if test -z "$row"; and string match -q -- '+*' $__contrail_values[-1]
            set row $__contrail_values[-1]
        end
        if test -n "$row"
            __contrail_value (string replace -r -- '^\+' '' $row) '' "$cur" $words[1]
            return
        end
        test $nth -eq 0; and test (count $__contrail_commands) -gt 0; and return
    end
    for row in $__contrail_flags
        string replace -r -- "=[^$tab]*$tab" $tab $row
    end
end

function __contrail_value -a sign before cur program
    switch $sign
        case 'w:*'
            printf "$before%s\n" (string split -- ' ' (string sub -s 3 -- $sign))
        case 'l:*'
            set before $before(string match -r -- '^.*,' $cur)
            printf "$before%s\n" (string split -- ' ' (string sub -s 3 -- $sign))
        case f
            printf "$before%s\n" (__fish_complete_path $cur)
        case d
            printf "$before%s\n" (__fish_complete_directories $cur)
        case p
            printf "$before%s\n" ($program profile list --names 2>/dev/null)
    end
end

complete -c contrail -e
complete -c contrail -f -a '(__contrail_complete)'
