namespace KernelSockets.UserApps.Commands;

/// <summary>dhclient: gets an address from a DHCP server, or gives it back, with ISC dhclient's arguments and messages.</summary>
internal sealed class DhclientCommand(ISystem system) : Command
{
    private const int NoLeaseStatus = 2;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public override string Name => "dhclient";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "get an address by DHCP";

    /// <inheritdoc/>
    public override string Help => """
        Usage: dhclient [-v] [-r] [INTERFACE]
        Asks DHCP servers for an address for INTERFACE (default: the first card), and keeps it for as long as they let us.
          -r  give the address back, and ask no more
          -v  say what is going on
        Ends with status 2 when there is no lease after 30 seconds; the kernel goes on asking then.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        bool isRelease = false;
        bool isVerbose = false;
        var options = new OptionReader("rv", arguments);
        while (options.TryNext(out char option))
        {
            isRelease |= option == 'r';
            isVerbose |= option == 'v';
        }

        if (options.Error is { } error || options.Operands.Count > 1)
        {
            return Misused(options.Error ?? "only one interface, please");
        }

        InterfaceInformation? card = FindCard(options.Operands);
        if (card is null)
        {
            return options.Operands.Count == 0 ? Fail("No network card") : Fail($"{options.Operands[0]}: No such device");
        }

        return isRelease ? Release(card, isVerbose) : Acquire(card, isVerbose);
    }

    private InterfaceInformation? FindCard(IReadOnlyList<string> operands)
    {
        foreach (InterfaceInformation candidate in system.Network.Interfaces())
        {
            if (operands.Count == 0 ? !candidate.IsLoopback : candidate.Name == operands[0])
            {
                return candidate;
            }
        }

        return null;
    }

    private int Release(InterfaceInformation card, bool isVerbose)
    {
        if (isVerbose)
        {
            Listen(card, "Sending");
        }

        Errno error = system.Dhcp.Release(card.Name);
        if (error != Errno.Success)
        {
            return Fail(error == Errno.ESRCH ? $"{card.Name}: no client is running" : $"{card.Name}: {error.Describe()}");
        }

        if (isVerbose)
        {
            Console.Out.WriteLine($"DHCPRELEASE of {card.Address} on {card.Name}");
        }

        return 0;
    }

    private int Acquire(InterfaceInformation card, bool isVerbose)
    {
        Errno error = system.Dhcp.Start(card.Name);
        if (error != Errno.Success)
        {
            return Fail($"{card.Name}: {error.Describe()}");
        }

        if (isVerbose)
        {
            Listen(card, "Listening on");
            Console.Out.WriteLine($"{(card.Address.IsAny ? "DHCPDISCOVER" : "DHCPREQUEST")} on {card.Name} to 255.255.255.255 port 67");
        }

        error = system.Dhcp.WaitForLease(card.Name, system.Clock.Now + s_patience, out DhcpLeaseInformation? lease);
        switch (error)
        {
            case Errno.Success:
                Report(lease!, isVerbose);
                return 0;
            case Errno.EINTR:
                return App.InterruptedStatus;
            case Errno.ETIME:
                Console.Error.WriteLine("No DHCPOFFERS received.");
                Console.Error.WriteLine($"{Name}: no lease on {card.Name} after {s_patience.TotalSeconds} seconds; still asking in the background");
                return NoLeaseStatus;
            default:
                return Fail($"{card.Name}: {error.Describe()}");
        }
    }

    private static void Listen(InterfaceInformation card, string verb) => Console.Out.WriteLine($"{verb} LPF/{card.Name}/{card.HardwareAddress}");

    private static void Report(DhcpLeaseInformation lease, bool isVerbose)
    {
        if (isVerbose)
        {
            Console.Out.WriteLine($"DHCPACK of {lease.Address} from {lease.Server}");
        }

        Console.Out.WriteLine(lease.RenewalAfter == TimeSpan.MaxValue
            ? $"bound to {lease.Address} -- for ever."
            : $"bound to {lease.Address} -- renewal in {(long)lease.RenewalAfter.TotalSeconds} seconds.");
    }
}
