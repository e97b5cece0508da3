namespace KernelSockets.UserApps.Commands;

/// <summary>arp: the neighbours on the link, with net-tools' arguments and output.</summary>
internal sealed class ArpCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "arp";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "show or change the ARP cache";

    /// <inheritdoc/>
    public override string Help => """
        Usage: arp [-an] [ADDRESS]
               arp -d ADDRESS
               arp -s ADDRESS HARDWARE-ADDRESS
        Shows the neighbours, forgets one, or enters a permanent one.
          -a   in BSD's form
          -n   numeric output (always so)
        Flags: C known, M permanent. A neighbour that is still being asked for is (incomplete).

        """;

    private INetworkControl Network => system.Network;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        var options = new OptionReader("ands", arguments);
        char action = 'l';
        bool isBsd = false;
        while (options.TryNext(out char option))
        {
            isBsd |= option == 'a';
            action = option is 'd' or 's' ? option : action;
        }

        if (options.Error is { } error)
        {
            return Misused(error);
        }

        return action switch
        {
            'd' => Delete(options.Operands),
            's' => Add(options.Operands),
            _ => List(options.Operands, isBsd),
        };
    }

    private int Delete(IReadOnlyList<string> operands)
    {
        if (operands.Count != 1)
        {
            return Misused("-d needs one address");
        }

        if (!Ipv4Address.TryParse(operands[0], out Ipv4Address address))
        {
            return Fail($"{operands[0]}: Unknown host");
        }

        Errno error = Network.DeleteNeighbour(address);
        return error switch
        {
            Errno.Success => 0,
            Errno.ENXIO => FailPlainly($"No ARP entry for {address}"),
            _ => FailPlainly($"SIOCDARP: {error.Describe()}"),
        };
    }

    private int Add(IReadOnlyList<string> operands)
    {
        if (operands.Count != 2)
        {
            return Misused("-s needs an address and a hardware address");
        }

        if (!Ipv4Address.TryParse(operands[0], out Ipv4Address address))
        {
            return Fail($"{operands[0]}: Unknown host");
        }

        if (!MacAddress.TryParse(operands[1], out MacAddress hardwareAddress))
        {
            return Fail("invalid hardware address");
        }

        Errno error = Network.AddNeighbour(address, hardwareAddress);
        return error == Errno.Success ? 0 : FailPlainly($"SIOCSARP: {error.Describe()}");
    }

    private static int FailPlainly(string message)
    {
        Console.Error.WriteLine(message);
        return 1;
    }

    private int List(IReadOnlyList<string> operands, bool isBsd)
    {
        Ipv4Address wanted = default;
        if (operands.Count > 1 || (operands.Count == 1 && !Ipv4Address.TryParse(operands[0], out wanted)))
        {
            return Fail($"{operands[^1]}: Unknown host");
        }

        var found = new List<NeighbourInformation>();
        foreach (NeighbourInformation neighbour in Network.Neighbours())
        {
            if (operands.Count == 0 || neighbour.Address == wanted)
            {
                found.Add(neighbour);
            }
        }

        if (operands.Count == 1 && found.Count == 0)
        {
            Console.Out.WriteLine($"{wanted} ({wanted}) -- no entry");
            return 1;
        }

        Print(found, isBsd);
        return 0;
    }

    private static void Print(List<NeighbourInformation> neighbours, bool isBsd)
    {
        if (!isBsd && neighbours.Count > 0)
        {
            Console.Out.WriteLine("Address                  HWtype  HWaddress           Flags Mask            Iface");
        }

        foreach (NeighbourInformation neighbour in neighbours)
        {
            Console.Out.WriteLine(isBsd ? BsdRow(neighbour) : Row(neighbour));
        }
    }

    private static bool IsKnown(NeighbourInformation neighbour) => neighbour.State is not ("INCOMPLETE" or "FAILED");

    private static string Row(NeighbourInformation neighbour)
    {
        if (!IsKnown(neighbour))
        {
            return $"{neighbour.Address,-24} {"",-7} {"(incomplete)",-41} {neighbour.Interface}";
        }

        string flags = neighbour.State == "PERMANENT" ? "CM" : "C";
        return $"{neighbour.Address,-24} {"ether",-7} {neighbour.HardwareAddress,-19} {flags,-21} {neighbour.Interface}";
    }

    private static string BsdRow(NeighbourInformation neighbour)
    {
        string hardware = IsKnown(neighbour) ? $"{neighbour.HardwareAddress} [ether]" : "<incomplete>";
        return $"? ({neighbour.Address}) at {hardware}{(neighbour.State == "PERMANENT" ? " PERM" : "")} on {neighbour.Interface}";
    }
}
