namespace KernelSockets.UserApps.Commands;

/// <summary>netstat: all sockets with their queues and drops.</summary>
internal sealed class NetstatCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "netstat";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "list sockets";

    /// <inheritdoc/>
    public override string Help => """
        Usage: netstat [-a] [-n] [-u] [-w]
        Lists the sockets: bytes that wait in their queues, packets dropped because a queue was full, addresses.
          -u  UDP sockets only
          -w  raw sockets only
          -a, -n  for habit's sake: all sockets are listed, and addresses are always numbers

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        HashSet<string> wanted = [];
        var options = new OptionReader("anuw", arguments);
        while (options.TryNext(out char option))
        {
            string? protocol = option switch { 'u' => "udp", 'w' => "raw", _ => null };
            if (protocol is not null)
            {
                wanted.Add(protocol);
            }
        }

        if (options.Error is { } error || options.Operands.Count > 0)
        {
            return Misused(options.Error ?? $"unexpected argument '{options.Operands[0]}'");
        }

        Console.Out.WriteLine("Proto Recv-Q Send-Q  Drops Local Address           Foreign Address         State");
        foreach (SocketInformation socket in system.Network.Sockets().OrderBy(static socket => socket.Protocol, StringComparer.Ordinal))
        {
            if (wanted.Count == 0 || wanted.Contains(socket.Protocol))
            {
                string line = $"{socket.Protocol,-5} {socket.ReceiveQueue,6} {socket.SendQueue,6} {socket.Drops,6} {socket.Local,-23} {socket.Remote,-23} {socket.State}";
                Console.Out.WriteLine(line.TrimEnd());
            }
        }

        return 0;
    }
}
