# shellcheck shell=bash
# The programs that this project needs beyond a bare Debian 12, and how they get there.
# Sourced after common.sh. The .NET SDK is the one thing that is never installed from here.

# Packages by purpose (a purpose includes nothing of another), and for systems without dpkg the programs that show they are there.
KS_PACKAGES_build="binutils lld musl-dev grub-common grub-pc-bin grub-efi-amd64-bin xorriso mtools xz-utils"
KS_PACKAGES_run="qemu-system-x86 ovmf"
KS_PACKAGES_tap="iproute2 dnsmasq-base"
KS_PACKAGES_judges="tcpdump bind9-dnsutils iperf3 wget"
KS_PACKAGES_test="apache2-utils chromium curl inetutils-telnet iperf3 iputils-ping tshark nmap netcat-openbsd python3"
KS_PACKAGES_gdb="gdb"
KS_PACKAGES_display="qemu-system-gui"
KS_PACKAGES_bench="python3 gcc libc6-dev iputils-ping"
KS_PACKAGES_linux="busybox-static kmod cpio"
KS_PROGRAMS_build="as ld.lld grub-mkrescue xorriso mformat xz"
KS_PROGRAMS_run="qemu-system-x86_64"
KS_PROGRAMS_tap="ip dnsmasq"
KS_PROGRAMS_judges="tcpdump dig iperf3 wget"
KS_PROGRAMS_test="ab chromium curl telnet iperf3 ping tshark nmap nc python3"
KS_PROGRAMS_gdb="gdb"
KS_PROGRAMS_display="qemu-system-x86_64"
KS_PROGRAMS_bench="python3 gcc ping"
KS_PROGRAMS_linux="busybox depmod cpio"

# missing_packages PURPOSE...: prints the packages of these purposes that are not installed, on one line.
missing_packages() {
    local purpose list package missing=()
    for purpose in "$@"; do
        list=KS_PACKAGES_$purpose
        for package in ${!list:?no such purpose: $purpose}; do
            [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
        done
    done
    printf '%s' "${missing[*]-}"
}

# apt_install PACKAGE...: root only; asks no question. tshark would ask whether every user may capture: no.
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q || return
    if [[ " $* " == *" tshark "* ]]; then
        echo "wireshark-common wireshark-common/install-setuid boolean false" | debconf-set-selections || return
    fi
    apt-get install -y -q --no-install-recommends "$@"
}

# install_command PACKAGE...: the one line a person types to install these.
install_command() {
    local sudo="sudo "
    if [ "$(id -u)" -eq 0 ]; then sudo=""; fi
    echo "${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends $*"
}

# require_programs PURPOSE...: for systems without apt: the programs must be there, or exit 1 with what is missing.
require_programs() {
    local purpose list program missing=()
    for purpose in "$@"; do
        list=KS_PROGRAMS_$purpose
        for program in ${!list}; do
            command -v "$program" >/dev/null 2>&1 || missing+=("$program")
        done
    done
    [ ${#missing[@]} -eq 0 ] ||
        die "missing: ${missing[*]}. This is not Debian or Ubuntu, so install them by hand, then start again"
}

# require_packages PURPOSE...: installs what is missing, or says what to type and exits 1.
require_packages() {
    local missing
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        require_programs "$@"
        return
    fi
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        die "missing: $missing. Type: $(install_command "$missing")"
    fi
    # shellcheck disable=SC2086  # a list of package names
    step "installing $missing" "$KS_OUT/install.log" apt_install $missing ||
        die "could not install them; type: $(install_command "$missing")"
}

# require_dotnet: the SDK that global.json asks for, or exit 1 with what to install.
require_dotnet() {
    local wanted
    wanted=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' "$KS_ROOT/global.json" | head -n 1)
    command -v dotnet >/dev/null 2>&1 ||
        die "the .NET SDK is missing (no dotnet on PATH): install the .NET SDK $wanted or a later patch of it (package dotnet-sdk-10.0; https://dotnet.microsoft.com/download/dotnet/10.0), then start again"
    (cd "$KS_ROOT" && dotnet --version >/dev/null 2>&1) ||
        die "no .NET SDK that global.json accepts: it asks for $wanted or a later patch of it; installed: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ')"
}

# require PURPOSE...: the SDK and these packages; the first call of every script that builds or boots.
require() {
    require_packages "$@"
    require_dotnet
}
