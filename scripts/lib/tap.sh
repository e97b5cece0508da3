# shellcheck shell=bash
# A network of its own for one guest: namespace, bridge, TAP, DHCP and DNS server. Sourced after common.sh; root only.
#
#   namespace KS_NETNS: bridge KS_BRIDGE 10.77.0.1/24 with TAP KS_TAP on it; dnsmasq serves that bridge only; nothing is routed out.
#
# Everything is taken down by a janitor process that waits for the end of the script, however that ends: it blocks on a FIFO whose
# only writer is the script, so an exit, a Ctrl-C and a kill -9 look the same to it. What a machine that went down or a killed
# janitor left behind is found and removed by the next tap_up. A lock keeps two users of the same namespace apart.

KS_NETNS=${KS_NETNS:-ksnet}
KS_BRIDGE=${KS_BRIDGE:-ksbr0}
KS_TAP=${KS_TAP:-kstap0}
KS_TAP_STATE=/run/kernelsockets
KS_BRIDGE_ADDRESS=10.77.0.1
KS_GUEST_ADDRESS=10.77.0.2
KS_BRIDGE_MAC=52:54:00:4b:53:01

# in_netns COMMAND...: runs it inside the namespace.
in_netns() { ip netns exec "$KS_NETNS" "$@"; }

netns_exists() { [ -e "/run/netns/$KS_NETNS" ]; }

# tap_down: removes the namespace and what runs in it for us. Safe to call when there is nothing.
tap_down() {
    local pid pidfile=$KS_TAP_STATE/$KS_NETNS.dnsmasq.pid
    if [ -f "$pidfile" ]; then
        pid=$(cat "$pidfile")
        if [ -n "$pid" ] && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = dnsmasq ] &&
            [ "$(ip netns identify "$pid" 2>/dev/null)" = "$KS_NETNS" ]; then
            kill "$pid" 2>/dev/null || true
        fi
        rm -f "$pidfile"
    fi
    rm -f "$KS_TAP_STATE/$KS_NETNS.leases"
    if netns_exists; then
        ip -n "$KS_NETNS" link del "$KS_TAP" 2>/dev/null || true
        ip -n "$KS_NETNS" link del "$KS_BRIDGE" 2>/dev/null || true
        ip netns del "$KS_NETNS"
    fi
}

# tap_up: takes the lock, removes leftovers, starts the janitor, makes the network. Exits 1 with a reason when it cannot.
tap_up() {
    [ "$(id -u)" -eq 0 ] || die "a TAP network needs root; type: sudo $0 ${KS_ARGUMENTS:-}"
    mkdir -p "$KS_TAP_STATE"
    [ -e /dev/net/tun ] || modprobe tun 2>/dev/null || die "/dev/net/tun is missing, and the module tun cannot be loaded"
    exec {KS_LOCK_FD}>"$KS_TAP_STATE/$KS_NETNS.lock"
    # A janitor of a run that has just ended may still be at work, so wait a little.
    flock -w 10 "$KS_LOCK_FD" ||
        die "namespace $KS_NETNS is in use by another run (see: fuser -v $KS_TAP_STATE/$KS_NETNS.lock)"
    if netns_exists; then
        say "removing what a killed earlier run left behind: namespace $KS_NETNS"
        tap_down
    fi
    start_janitor
    make_network || die "could not make the TAP network (see the lines above)"
}

# start_janitor: KS_JANITOR_FD is the script's life line; the janitor inherits the lock, so nobody else starts before it is done.
start_janitor() {
    local fifo both
    fifo=$(mktemp -u "$KS_TAP_STATE/janitor.XXXXXX")
    mkfifo -m 600 "$fifo"
    exec {both}<>"$fifo"
    (
        trap '' INT TERM HUP QUIT TSTP
        # Opened while a writer is sure to be there, so that the open never waits; then the own writer goes.
        exec <"$fifo" {both}>&-
        cat
        rm -f "$fifo"
        tap_down
    ) >/dev/null 2>&1 &
    KS_JANITOR_PID=$!
    exec {KS_JANITOR_FD}>"$fifo" {both}>&-
}

# tap_close: lets the janitor work and waits for it, so that nothing is left when the script has ended.
tap_close() {
    [ -n "${KS_JANITOR_FD:-}" ] || return 0
    exec {KS_JANITOR_FD}>&-
    KS_JANITOR_FD=
    wait "$KS_JANITOR_PID" 2>/dev/null || true
}

# close_tap_descriptors: the first thing a long-lived child does, so that it keeps neither the janitor nor the lock waiting.
close_tap_descriptors() {
    [ -z "${KS_JANITOR_FD:-}" ] || exec {KS_JANITOR_FD}>&-
    [ -z "${KS_LOCK_FD:-}" ] || exec {KS_LOCK_FD}>&-
}

make_network() {
    ip netns add "$KS_NETNS" &&
        in_netns sh -c 'for f in all default; do echo 1 >/proc/sys/net/ipv6/conf/$f/disable_ipv6; done; echo 0 >/proc/sys/net/ipv4/ip_forward' &&
        ip -n "$KS_NETNS" link set lo up &&
        ip -n "$KS_NETNS" link add "$KS_BRIDGE" address "$KS_BRIDGE_MAC" type bridge stp_state 0 forward_delay 0 mcast_snooping 0 &&
        ip -n "$KS_NETNS" tuntap add dev "$KS_TAP" mode tap &&
        ip -n "$KS_NETNS" link set "$KS_TAP" master "$KS_BRIDGE" &&
        ip -n "$KS_NETNS" addr add "$KS_BRIDGE_ADDRESS/24" dev "$KS_BRIDGE" &&
        ip -n "$KS_NETNS" link set "$KS_TAP" up &&
        ip -n "$KS_NETNS" link set "$KS_BRIDGE" up &&
        start_dnsmasq
}

# start_dnsmasq: it answers on the bridge only, reads none of the machine's settings and forwards no question. The guest's station
# address gets a fixed lease; others a free one. It keeps root, since inside this namespace there is nothing else to protect.
start_dnsmasq() {
    (
        close_tap_descriptors
        exec ip netns exec "$KS_NETNS" dnsmasq --conf-file=/dev/null --no-hosts --no-resolv --no-poll \
            --interface="$KS_BRIDGE" --except-interface=lo --bind-interfaces --user=root --group=root \
            --dhcp-authoritative --dhcp-range=10.77.0.50,10.77.0.150,255.255.255.0,1h \
            --dhcp-host="$KS_MAC,$KS_GUEST_ADDRESS,ks" --dhcp-option="option:router,$KS_BRIDGE_ADDRESS" \
            --dhcp-option="option:dns-server,$KS_BRIDGE_ADDRESS" --domain=ks \
            --dhcp-leasefile="$KS_TAP_STATE/$KS_NETNS.leases" --pid-file="$KS_TAP_STATE/$KS_NETNS.dnsmasq.pid" \
            --host-record="host.ks,$KS_BRIDGE_ADDRESS" --host-record="guest.ks,$KS_GUEST_ADDRESS" --local=/ks/
    )
}
