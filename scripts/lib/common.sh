# shellcheck shell=bash
# What every script of this project shares: where the project is, how progress and errors are printed, what dotnet is told.
# Sourced by run, build, test, bench and scripts/*; the caller has set KS_ROOT to the root of the project.

: "${KS_ROOT:?KS_ROOT must be set to the root of the project before common.sh is sourced}"
KS_OUT=$KS_ROOT/out

# Station address of the guest's NIC.
KS_MAC=52:54:00:12:34:56

# The SDK starts without ICU, asks nothing and sends nothing; servers that outlive a build would hold its output open.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
export DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_UI_LANGUAGE=en

# say TEXT...: one line for the person who started the script, on stderr, so that stdout stays the guest's or the result's.
say() { printf '%s: %s\n' "${KS_NAME:-$(basename "$0")}" "$*" >&2; }

# die TEXT...: the reason on stderr, then exit status 1.
die() {
    say "$@"
    exit 1
}

# milliseconds: time since an arbitrary start, in ms.
milliseconds() {
    local now=${EPOCHREALTIME/[.,]/}
    echo $((now / 1000))
}

# took START: time since START (of `milliseconds`) as text, for example "3.2 s".
took() {
    local elapsed=$(($(milliseconds) - $1))
    printf '%d.%d s' $((elapsed / 1000)) $((elapsed % 1000 / 100))
}

# step TEXT LOG COMMAND...: says what is happening, runs COMMAND with its output in LOG, says how long it took.
# On failure the end of LOG is shown and COMMAND's status is returned.
step() {
    local text=$1 log=$2 start status=0
    shift 2
    mkdir -p "$(dirname "$log")"
    start=$(milliseconds)
    say "$text ..."
    "$@" >"$log" 2>&1 </dev/null || status=$?
    if [ "$status" -ne 0 ]; then
        tail -n 40 "$log" >&2
        say "$text: failed with status $status after $(took "$start"); all of its output is in ${log#"$KS_ROOT"/}"
        return "$status"
    fi
    say "$text: done in $(took "$start")"
}

# usage_of FILE: prints the comment block at the head of a script, which is its help.
usage_of() { awk 'NR == 1 { next } /^#/ { sub(/^# ?/, ""); print; next } { exit }' "$1"; }
