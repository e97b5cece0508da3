namespace KernelSockets.UserApps.Commands;

/// <summary>ifconfig: shows and configures network interfaces, with net-tools' arguments and output.</summary>
internal sealed class IfconfigCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "ifconfig";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "show or configure network interfaces";

    /// <inheritdoc/>
    public override string Help => """
        Usage: ifconfig [-a] [INTERFACE]
               ifconfig INTERFACE [ADDRESS[/PREFIX]] [netmask MASK] [mtu BYTES] [[-]promisc] [[-]allmulti] [up|down]
        Shows all interfaces that are up (-a: all), or one; or sets what is named, from left to right.
        An ADDRESS without prefix and mask gets its class's; setting one brings the interface up. 0.0.0.0 takes the address away.

        """;

    private INetworkControl Network => system.Network;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        bool isAll = arguments is ["-a", ..];
        ReadOnlySpan<string> words = isAll ? arguments.AsSpan(1) : arguments;
        if (words.Length > 0 && words[0].StartsWith('-'))
        {
            return Misused($"option '{words[0]}' not recognised");
        }

        if (words.Length == 0)
        {
            ShowAll(isAll);
            return 0;
        }

        if (Find(words[0]) is not { } found)
        {
            return Unknown(words[0]);
        }

        if (words.Length == 1)
        {
            Console.Out.WriteLine(InterfaceReport.Format(found));
            return 0;
        }

        return Configure(found.Name, words[1..]);
    }

    private void ShowAll(bool isAll)
    {
        foreach (InterfaceInformation information in Network.Interfaces())
        {
            if (isAll || information.IsUp)
            {
                Console.Out.WriteLine(InterfaceReport.Format(information));
            }
        }
    }

    private InterfaceInformation? Find(string name)
    {
        foreach (InterfaceInformation information in Network.Interfaces())
        {
            if (information.Name == name)
            {
                return information;
            }
        }

        return null;
    }

    private static int Unknown(string name)
    {
        Console.Error.WriteLine($"{name}: error fetching interface information: Device not found");
        return 1;
    }

    private int Configure(string name, ReadOnlySpan<string> words)
    {
        while (words.Length > 0)
        {
            int status = ApplyNext(name, ref words);
            if (status != 0)
            {
                return status;
            }
        }

        return 0;
    }

    private int ApplyNext(string name, ref ReadOnlySpan<string> words)
    {
        string word = words[0];
        words = words[1..];
        switch (word)
        {
            case "up" or "down":
                return Report("SIOCSIFFLAGS", Network.SetUp(name, word == "up"));
            case "promisc" or "-promisc":
                return Report("SIOCSIFFLAGS", Network.SetPromiscuous(name, word[0] != '-'));
            case "allmulti" or "-allmulti":
                return Report("SIOCSIFFLAGS", Network.SetAllMulticast(name, word[0] != '-'));
            case "netmask" or "mtu" when words.Length == 0:
                return Misused($"'{word}' needs a value");
            case "netmask":
                return SetMask(name, Take(ref words));
            case "mtu":
                return SetMtu(name, Take(ref words));
            default:
                return SetAddress(name, word, ref words);
        }
    }

    private static string Take(ref ReadOnlySpan<string> words)
    {
        string word = words[0];
        words = words[1..];
        return word;
    }

    /// <summary>Sets an address; a netmask that follows belongs to it, so that it is never seen with another.</summary>
    private int SetAddress(string name, string word, ref ReadOnlySpan<string> words)
    {
        int slash = word.IndexOf('/', StringComparison.Ordinal);
        ReadOnlySpan<char> digits = slash < 0 ? word : word.AsSpan(0, slash);
        if (!Ipv4Address.TryParse(digits, out Ipv4Address address))
        {
            return Misused($"{word}: unknown word, or no IPv4 address");
        }

        int prefixLength = address.ClassPrefixLength;
        if (slash >= 0 && (!int.TryParse(word.AsSpan(slash + 1), out prefixLength) || (uint)prefixLength > Ipv4Address.Bits))
        {
            return Misused($"{word}: a prefix is 0 to 32");
        }

        if (slash < 0 && words.Length > 1 && words[0] == "netmask")
        {
            words = words[1..];
            string mask = Take(ref words);
            if (!NetworkMask.TryParse(mask, out prefixLength))
            {
                return Misused($"{mask}: no netmask");
            }
        }

        int status = Report("SIOCSIFADDR", Network.SetAddress(name, address, prefixLength));
        return status != 0 || address.IsAny ? status : Report("SIOCSIFFLAGS", Network.SetUp(name, true));
    }

    private int SetMask(string name, string mask)
    {
        if (!NetworkMask.TryParse(mask, out int prefixLength))
        {
            return Misused($"{mask}: no netmask");
        }

        return Find(name) is { } current
            ? Report("SIOCSIFNETMASK", Network.SetAddress(name, current.Address, prefixLength))
            : Unknown(name);
    }

    private int SetMtu(string name, string text) =>
        int.TryParse(text, out int mtu) ? Report("SIOCSIFMTU", Network.SetMtu(name, mtu)) : Misused($"{text}: no MTU");

    private static int Report(string request, Errno error)
    {
        if (error == Errno.Success)
        {
            return 0;
        }

        Console.Error.WriteLine($"{request}: {error.Describe()}");
        return 1;
    }
}
