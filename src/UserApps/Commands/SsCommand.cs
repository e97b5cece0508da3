namespace KernelSockets.UserApps.Commands;

/// <summary>ss: sockets, with the figures of TCP connections.</summary>
internal sealed class SsCommand(ISystem system) : Command
{
    private const int KindCount = 4;

    /// <inheritdoc/>
    public override string Name => "ss";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "list sockets, with the figures of TCP connections";

    /// <inheritdoc/>
    public override string Help => """
        Usage: ss [-aHilnptuw0]
        Lists the sockets that are connected.
          -l  those without a peer instead: TCP that listens, UDP that takes from anybody
          -a  all, TIME-WAIT too
          -t, -u, -w, -0  TCP, UDP, raw, packet sockets only
          -i  under each TCP connection its figures: times in ms, cwnd and ssthresh in segments, everything else in bytes
          -p  also the program: its name and first task, and the number of the socket's inode
          -H  no heading
          -n  for habit's sake: addresses and ports are always numbers
        For a socket that listens, Recv-Q is how many connections wait to be accepted, and Send-Q how many may.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        HashSet<char> flags = [];
        HashSet<string> kinds = [];
        var options = new OptionReader(
            "aHilnptuw0", arguments, ("all", 'a'), ("no-header", 'H'), ("info", 'i'), ("listening", 'l'), ("numeric", 'n'), ("processes", 'p'), ("tcp", 't'), ("udp", 'u'), ("raw", 'w'),
            ("packet", '0'));
        while (options.TryNext(out char option))
        {
            flags.Add(option);
            string? kind = option switch { 't' => "tcp", 'u' => "udp", 'w' => "raw", '0' => "packet", _ => null };
            if (kind is not null)
            {
                kinds.Add(kind);
            }
        }

        if (options.Error is not null || options.Operands.Count > 0)
        {
            return Misused(options.Error ?? $"filters are not supported: '{options.Operands[0]}'");
        }

        IEnumerable<SocketInformation> wanted = system.Network.Sockets()
            .Where(socket => (kinds.Count is 0 or KindCount || kinds.Contains(socket.Protocol)) && IsWanted(socket, flags.Contains('a'), flags.Contains('l')))
            .OrderBy(static socket => RankOf(socket));
        var report = new SocketReport(isKindShown: kinds.Count != 1, hasHeading: !flags.Contains('H'), hasFigures: flags.Contains('i'), flags.Contains('p') ? new SocketOwners(system) : null);
        Console.Out.Write(report.Format(wanted));
        return 0;
    }

    private static bool IsWanted(SocketInformation socket, bool isAll, bool isListening) =>
        isAll || (isListening ? socket.IsListening : !socket.IsListening && socket.State is not ("TIME_WAIT" or "SYN_RECV"));

    private static int RankOf(SocketInformation socket) => socket.Protocol switch { "packet" => 0, "raw" => 1, "udp" => 2, _ => 3 };
}
