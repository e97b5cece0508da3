namespace KernelSockets.UserApps.Commands;

/// <summary>netstat: sockets with their queues and drops, or the counters of the protocols.</summary>
internal sealed class NetstatCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "netstat";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "list sockets, count packets";

    /// <inheritdoc/>
    public override string Help => """
        Usage: netstat [-alnptuw]
               netstat -s [-tuw]
        Lists the sockets that have a peer: bytes that wait in their queues, packets dropped because a queue was full, addresses.
          -l  those without a peer instead: TCP that listens, UDP that takes from anybody
          -a  both
          -t  TCP only
          -u  UDP only
          -w  raw sockets only; with -s, ICMP
          -p  also the program: its first task, and its name
          -s  the counters of the protocols instead
          -n  for habit's sake: addresses and ports are always numbers

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        HashSet<string> wanted = [];
        HashSet<char> flags = [];
        var options = new OptionReader(
            "alnpstuw", arguments, ("statistics", 's'), ("tcp", 't'), ("udp", 'u'), ("raw", 'w'), ("all", 'a'), ("listening", 'l'), ("numeric", 'n'), ("program", 'p'), ("programs", 'p'));
        while (options.TryNext(out char option))
        {
            flags.Add(option);
            string? protocol = option switch { 't' => "tcp", 'u' => "udp", 'w' => "raw", _ => null };
            if (protocol is not null)
            {
                wanted.Add(protocol);
            }
        }

        if (options.Error is { } error || options.Operands.Count > 0)
        {
            return Misused(options.Error ?? $"unexpected argument '{options.Operands[0]}'");
        }

        if (flags.Contains('s'))
        {
            Console.Out.Write(ProtocolReport.Format(system.Network.Counters(), wanted.SelectMany(GroupsOf).ToHashSet(StringComparer.Ordinal)));
            return 0;
        }

        ListSockets(
            socket => (wanted.Count == 0 || wanted.Contains(socket.Protocol)) && (flags.Contains('a') || socket.IsListening == flags.Contains('l')),
            flags.Contains('p') ? new SocketOwners(system) : null);
        return 0;
    }

    private static string[] GroupsOf(string protocol) => protocol switch { "tcp" => ["Tcp", "TcpExt"], "udp" => ["Udp"], _ => ["Icmp"] };

    private void ListSockets(Func<SocketInformation, bool> isWanted, SocketOwners? owners)
    {
        string heading = "Proto Recv-Q Send-Q  Drops Local Address           Foreign Address         State";
        Console.Out.WriteLine(owners is null ? heading : $"{heading}       PID/Program name");
        foreach (SocketInformation socket in system.Network.Sockets().Where(isWanted).OrderBy(static socket => socket.Protocol, StringComparer.Ordinal))
        {
            // What waits to be accepted is a queue, and how much may is none (only ss shows that).
            long sendQueue = socket.State == "LISTEN" ? 0 : socket.SendQueue;
            string line = $"{socket.Protocol,-5} {socket.ReceiveQueue,6} {sendQueue,6} {socket.Drops,6} {socket.Local,-23} {socket.Remote,-23} {socket.State,-11}";
            string? owner = owners is null ? null : owners.Find(socket) is { } found ? $" {found.Task}/{found.Name}" : " -";
            Console.Out.WriteLine((line + owner).TrimEnd());
        }
    }
}
