namespace KernelSockets.UserApps.Commands;

/// <summary>route: shows and changes the routing table, with net-tools' arguments and output.</summary>
internal sealed class RouteCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "route";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "show or change the routing table";

    /// <inheritdoc/>
    public override string Help => """
        Usage: route [-n]
               route add|del default [gw ADDRESS] [metric N] [[dev] INTERFACE]
               route add|del [-net|-host] ADDRESS[/PREFIX] [netmask MASK] [gw ADDRESS] [metric N] [[dev] INTERFACE]
        Shows the routing table (-n: numeric), adds a route, or deletes one. Without mask and -net, ADDRESS is a host.
        The longest prefix counts, then the lowest metric. Routes go when their interface goes down or changes its address.
        Flags: U up, G through a gateway, H to a host.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        switch (arguments)
        {
            case []:
                Show(isNumeric: false);
                return 0;
            case ["-n"] or ["-en"] or ["-ne"]:
                Show(isNumeric: true);
                return 0;
            case ["-e"]:
                Show(isNumeric: false);
                return 0;
            case ["add" or "del", ..]:
                return Change(arguments[0] == "add", arguments.AsSpan(1));
            default:
                return Misused($"{string.Join(' ', arguments)}: not understood");
        }
    }

    private int Change(bool isAdded, ReadOnlySpan<string> words)
    {
        if (RouteArguments.Parse(words, out RouteArguments told) is { } error)
        {
            return Misused(error);
        }

        if (isAdded && told is { Gateway: null, Interface: null })
        {
            return Misused("a gateway or an interface is needed");
        }

        Errno result = isAdded
            ? system.Network.AddRoute(told.Destination, told.PrefixLength, told.Gateway ?? Ipv4Address.Any, told.Interface, told.Metric)
            : system.Network.DeleteRoute(told.Destination, told.PrefixLength, told.Gateway, told.Interface);
        if (result == Errno.Success)
        {
            return 0;
        }

        Console.Error.WriteLine($"{(isAdded ? "SIOCADDRT" : "SIOCDELRT")}: {result.Describe()}");
        return 1;
    }

    private void Show(bool isNumeric)
    {
        List<RouteInformation> routes = [.. system.Network.Routes()];
        routes.Sort(Compare);
        Console.Out.WriteLine("Kernel IP routing table");
        Console.Out.WriteLine("Destination     Gateway         Genmask         Flags Metric Ref    Use Iface");
        foreach (RouteInformation route in routes)
        {
            Console.Out.WriteLine(Row(route, isNumeric));
        }
    }

    /// <summary>The order of /proc/net/route: by address, then as routes count.</summary>
    private static int Compare(RouteInformation one, RouteInformation other)
    {
        int order = one.Destination.Value.CompareTo(other.Destination.Value);
        order = order != 0 ? order : other.PrefixLength.CompareTo(one.PrefixLength);
        return order != 0 ? order : one.Metric.CompareTo(other.Metric);
    }

    /// <summary>References and uses are not counted, as in Linux since 2.6: both columns are 0.</summary>
    private static string Row(RouteInformation route, bool isNumeric)
    {
        string destination = !isNumeric && route is { PrefixLength: 0, Destination.IsAny: true } ? "default" : $"{route.Destination}";
        string flags = $"{(route.IsUp ? "U" : "")}{(route.Gateway.IsAny ? "" : "G")}{(route.PrefixLength == Ipv4Address.Bits ? "H" : "")}";
        Ipv4Address mask = Ipv4Address.Mask(route.PrefixLength);
        return $"{destination,-15} {route.Gateway,-15} {mask,-15} {flags,-5} {route.Metric,-6} {0,-2} {0,7} {route.Interface}";
    }
}
