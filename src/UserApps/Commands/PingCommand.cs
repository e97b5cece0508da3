using System.Net.Sockets;
using KernelSockets.UserApps.Network;

namespace KernelSockets.UserApps.Commands;

/// <summary>ping: ICMP echo, with the options, output and exit statuses of iputils' ping.</summary>
internal sealed class PingCommand(ISystem system, EchoSocketFactory openSocket) : Command
{
    /// <inheritdoc/>
    public override string Name => "ping";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "ask a host for an echo";

    /// <inheritdoc/>
    public override string Help => """
        Usage: ping [-bfnq] [-c COUNT] [-i INTERVAL] [-s SIZE] [-t TTL] [-W TIMEOUT] [-w DEADLINE] ADDRESS
        Sends ICMP echo requests and prints what comes back, until Ctrl-C.
          -b           ADDRESS may be that of all stations of a network
          -c COUNT     stop after that many requests
          -f           flood: send as fast as answers come, at least 100 a second; a dot for each request, erased by its answer
          -i INTERVAL  seconds between requests (1)
          -n           numeric output (always so)
          -q           only the summary
          -s SIZE      data bytes (56)
          -t TTL       time to live (64)
          -W TIMEOUT   seconds to wait for the last answer when nothing has come (10); otherwise it is twice the longest round trip
          -w DEADLINE  seconds after which to stop
        Exit status: 0 when something came back, 1 when nothing did, 2 when nothing could be sent.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        PingOptions options = PingOptions.Read(arguments, out string? error);
        if (error is not null)
        {
            return Misused(error);
        }

        if (!options.TryResolve())
        {
            return CannotSend($"{options.DestinationText}: Name or service not known");
        }

        try
        {
            using IEchoSocket socket = openSocket(options, system.Clock);
            return new PingRun(options, socket, system.Clock).Run();
        }
        catch (SocketException exception)
        {
            return CannotSend($"socket: {exception.Message}");
        }
    }

    private int CannotSend(string message)
    {
        Fail(message);
        return App.UsageStatus;
    }
}

/// <summary>Opens the socket that ping talks through.</summary>
/// <exception cref="SocketException">It cannot be opened.</exception>
internal delegate IEchoSocket EchoSocketFactory(PingOptions options, Clock clock);
