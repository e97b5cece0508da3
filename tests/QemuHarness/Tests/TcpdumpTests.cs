using System.Globalization;
using System.Text.RegularExpressions;
using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>The guest's tcpdump beside tshark, both looking at the same cable.</summary>
public sealed partial class TcpdumpTests
{
    private const int Frames = 12;

    private static readonly string[] s_fields =
        ["ip.src", "ip.dst", "icmp.type", "icmp.ident", "icmp.seq", "ip.len", "udp.srcport", "udp.dstport", "udp.length", "icmp.code"];

    [Fact]
    public async Task Tcpdump_AndTshark_AgreeLineByLine()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await QemuGuest.BootAsync(
            nameof(TcpdumpTests), network.Attach(new QemuOptions { FirmwareOptions = QemuOptions.AddressOptions + " run=\"inetd\"" }));
        _ = await network.RunAsync("ping", "-n", "-c", "1", QemuOptions.GuestAddress); // ARP is through

        int from = await guest.Shell.StartAsync($"tcpdump -n -p -i eth0 -c {Frames} icmp or udp");
        _ = await guest.Console.WaitForAsync("listening on", from, Limits.Command);
        _ = await network.RunAsync("ping", "-n", "-c", "2", "-i", "0.2", QemuOptions.GuestAddress);
        HostProgramResult datagrams = await network.RunAsync(
            "python3", "-c", """
            import socket
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(20); s.connect(("10.77.0.2", 7))
            for size in (5, 900): s.send(bytes(size)); s.recv(2048)
            for port in (3333, 4444):
                c = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); c.settimeout(20); c.connect(("10.77.0.2", port)); c.send(b"nobody")
                try: c.recv(2048)
                except ConnectionRefusedError: print("refused")
            """);
        Assert.Equal(2, datagrams.Output.Split('\n').Count(line => line == "refused"));
        string printed = await guest.Shell.WaitForPromptAsync(from, Limits.Command);
        string[] seen = [.. TimeStamped().Matches(SerialConsole.Plain(printed)).Select(match => match.Groups[1].Value.TrimEnd())];
        await guest.Console.SendAsync("poweroff\r");
        _ = await guest.WaitForExitAsync(Limits.Command);

        string[] arguments =
        [
            "-n", "-r", guest.CapturePath, "-Y", "icmp or udp", "-T", "fields", "-E", "separator=|", "-E", "occurrence=f", .. s_fields.SelectMany(field => (string[])["-e", field]),
        ];
        string[] frames = [.. (await HostProgram.SucceedAsync("tshark", arguments)).Split('\n').Where(line => line.Contains('|', StringComparison.Ordinal))];
        Assert.Equal(frames[^Frames..].Select(line => AsTcpdumpPrints(line.Split('|'))), seen);
    }

    [Fact]
    public async Task Tcpdump_WritesAFile_TsharkReadsIt()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await QemuGuest.BootAsync(nameof(TcpdumpTests), network.Attach(new QemuOptions { FirmwareOptions = QemuOptions.AddressOptions }));
        int from = await guest.Shell.StartAsync("tcpdump -w /tmp/ping.pcap icmp");
        _ = await guest.Console.WaitForAsync("listening on eth0", from, Limits.Command);
        _ = await network.RunAsync("ping", "-n", "-c", "3", "-i", "0.2", QemuOptions.GuestAddress);
        await guest.Console.SendAsync("\x03");
        string closing = await guest.Shell.WaitForPromptAsync(from, Limits.Command);
        Assert.Contains("6 packets captured", closing, StringComparison.Ordinal);
        Assert.Contains("6 packets received by filter", closing, StringComparison.Ordinal);
        Assert.Contains("0 packets dropped by kernel", closing, StringComparison.Ordinal);

        string dump = (await guest.Shell.RunAsync("hexdump -vC /tmp/ping.pcap")).Succeeded().Output;
        string hex = string.Concat(HexLines().Matches(dump).Select(line => line.Groups[1].Value.Replace(" ", string.Empty, StringComparison.Ordinal)));
        string path = Path.GetTempFileName();
        await File.WriteAllBytesAsync(path, Convert.FromHexString(hex), TestContext.Current.CancellationToken);
        string[] lines = (await HostProgram.SucceedAsync("tshark", "-n", "-r", path, "-T", "fields", "-e", "icmp.type", "-e", "icmp.checksum.status")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["8\t1", "0\t1", "8\t1", "0\t1", "8\t1", "0\t1"], lines.Where(line => line.Contains('\t', StringComparison.Ordinal)));
        File.Delete(path);
    }

    private static string AsTcpdumpPrints(string[] field)
    {
        (string source, string destination) = (field[0], field[1]);
        if (field[2].Length == 0)
        {
            return $"IP {source}.{field[6]} > {destination}.{field[7]}: UDP, length {Number(field[8]) - 8}";
        }

        int length = Number(field[5]) - 20;
        return field[2] switch
        {
            "8" => $"IP {source} > {destination}: ICMP echo request, id {Number(field[3])}, seq {Number(field[4])}, length {length}",
            "0" => $"IP {source} > {destination}: ICMP echo reply, id {Number(field[3])}, seq {Number(field[4])}, length {length}",
            "3" => $"IP {source} > {destination}: ICMP {source} udp port {field[7]} unreachable, length {length}",
            _ => string.Join('|', field),
        };
    }

    private static int Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? int.Parse(text[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?m)^[0-9a-f]{8}  ([0-9a-f ]{1,49}) *\|")]
    private static partial Regex HexLines();

    [GeneratedRegex(@"(?m)^\d\d:\d\d:\d\d\.\d{6} (IP .*)$")]
    private static partial Regex TimeStamped();
}
