using System.Globalization;

namespace KernelSockets.QemuHarness.Tap;

/// <summary>
/// A network namespace with a bridge (10.77.0.1/24) and a TAP device on it, for one guest and real programs of the host. It has no way
/// out. It is removed when disposed; what a killed test process left behind is removed by the next one.
/// </summary>
internal sealed class TapNetwork : IAsyncDisposable
{
    /// <summary>The TAP device, for the guest.</summary>
    public const string Device = "tap0";

    /// <summary>The bridge, for programs of the host.</summary>
    public const string Bridge = "br0";

    private const string NamePrefix = "kstest-";

    private static int s_count;

    private TapNetwork() => Namespace =
        string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}");

    /// <summary>The namespace: unique on this machine.</summary>
    public string Namespace { get; }

    /// <summary>The network's part of a guest's options.</summary>
    public QemuOptions Attach(QemuOptions options) => options with { Network = NetworkKind.Tap, Tap = (Namespace, Device) };

    public static async Task<TapNetwork> CreateAsync()
    {
        Requirement.NeedTap();
        await RemoveLeftoversAsync();
        TapNetwork network = new();
        try
        {
            await network.BuildAsync();
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a program of the host inside the namespace, to its end.</summary>
    public Task<HostProgramResult> RunAsync(string program, params string[] arguments) =>
        HostProgram.RunAsync("ip", ["netns", "exec", Namespace, program, .. arguments]);

    /// <summary>Starts a program of the host inside the namespace.</summary>
    public Task<ChildProcess> StartAsync(string program, params string[] arguments) =>
        ChildProcess.StartAsync("ip", ["netns", "exec", Namespace, program, .. arguments]);

    /// <summary>Starts a program of the host inside the namespace, to be typed at.</summary>
    public Task<ChildProcess> StartInteractiveAsync(string program, params string[] arguments) =>
        ChildProcess.StartInteractiveAsync("ip", ["netns", "exec", Namespace, program, .. arguments]);

    /// <summary>Starts dnsmasq on the bridge: DHCP for the guest (always 10.77.0.2), and names: the host is <c>peer.test</c>.</summary>
    public async Task<ChildProcess> StartNameAndAddressServerAsync()
    {
        ChildProcess server = await StartAsync(
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--pid-file=", "--log-facility=-", "--log-dhcp",
            "--dhcp-leasefile=/dev/null", "--interface=" + Bridge, "--bind-interfaces", "--dhcp-authoritative", "--no-ping", "--domain=test",
            $"--dhcp-range={QemuOptions.HostAddress},static,255.255.255.0,120", $"--dhcp-host={QemuOptions.NicAddress},{QemuOptions.GuestAddress}",
            $"--dhcp-option=option:router,{QemuOptions.HostAddress}", $"--dhcp-option=option:dns-server,{QemuOptions.HostAddress}",
            "--host-record=peer.test," + QemuOptions.HostAddress, "--cname=alias.test,peer.test", "--local=/test/");
        await server.WaitForOutputAsync("started", Limits.HostProgram);
        return server;
    }

    /// <summary>Puts a wire with seeded faults between the bridge and the guest (<c>tools/faultywire</c>), until it is interrupted.</summary>
    /// <param name="options">What goes wrong, for example <c>--loss 5</c>; the seed is printed.</param>
    public async Task<ChildProcess> StartFaultyWireAsync(params string[] options)
    {
        ChildProcess wire = await StartAsync(Path.Combine(AppContext.BaseDirectory, "faultywire"), [Bridge, Device, .. options]);
        await wire.WaitForOutputAsync("ready, seed", Limits.HostProgram);
        return wire;
    }

    /// <summary>The guest's processes are gone by now, or die with the devices' last reference.</summary>
    public async ValueTask DisposeAsync() => await RemoveAsync(Namespace);

    private static async Task RemoveLeftoversAsync()
    {
        if (!Directory.Exists("/run/netns"))
        {
            return;
        }

        foreach (string name in Directory.GetFiles("/run/netns", NamePrefix + "*").Select(path => Path.GetFileName(path)))
        {
            string owner = name[NamePrefix.Length..].Split('-')[0];
            if (!Directory.Exists("/proc/" + owner))
            {
                await RemoveAsync(name);
            }
        }
    }

    private static async Task RemoveAsync(string name)
    {
        if (File.Exists("/run/netns/" + name))
        {
            _ = await HostProgram.SucceedAsync("ip", "netns", "del", name);
        }
    }

    private async Task BuildAsync()
    {
        _ = await HostProgram.SucceedAsync("ip", "netns", "add", Namespace);
        _ = await HostProgram.SucceedAsync(
            "ip", "netns", "exec", Namespace, "sh", "-c", "for f in all default; do echo 1 >/proc/sys/net/ipv6/conf/$f/disable_ipv6; done");
        await LinkAsync("link", "set", "lo", "up");
        await LinkAsync("link", "add", Bridge, "address", "52:54:00:4b:53:01", "type", "bridge", "stp_state", "0", "forward_delay", "0", "mcast_snooping", "0");
        await LinkAsync("tuntap", "add", "dev", Device, "mode", "tap");
        await LinkAsync("link", "set", Device, "master", Bridge);
        await LinkAsync("addr", "add", QemuOptions.HostAddress + "/24", "dev", Bridge);
        await LinkAsync("link", "set", Device, "up");
        await LinkAsync("link", "set", Bridge, "up");
    }

    private Task<string> LinkAsync(params string[] arguments) => HostProgram.SucceedAsync("ip", ["-n", Namespace, .. arguments]);
}
