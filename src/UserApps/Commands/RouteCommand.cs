namespace KernelSockets.UserApps.Commands;

/// <summary>route: sets the default gateway, with net-tools' arguments.</summary>
internal sealed class RouteCommand(ISystem system) : Command
{
    /// <inheritdoc/>
    public override string Name => "route";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "set the default gateway";

    /// <inheritdoc/>
    public override string Help => """
        Usage: route add default gw ADDRESS
               route del default
        Sets the gateway for all addresses that no interface reaches directly, or takes it away. The table cannot be listed yet.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["add", "default", "gw", var text]:
                return Ipv4Address.TryParse(text, out Ipv4Address gateway) ? Set(gateway, "SIOCADDRT") : Fail($"{text}: Unknown host");
            case ["del", "default", ..]:
                return Set(Ipv4Address.Any, "SIOCDELRT");
            case []:
                return Misused("the table cannot be listed yet");
            default:
                return Misused($"{string.Join(' ', arguments)}: not understood");
        }
    }

    private int Set(Ipv4Address gateway, string request)
    {
        Errno error = system.Network.SetGateway(gateway);
        if (error == Errno.Success)
        {
            return 0;
        }

        Console.Error.WriteLine($"{request}: {error.Describe()}");
        return 1;
    }
}
