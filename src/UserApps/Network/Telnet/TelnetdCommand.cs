using System.Net;
using System.Net.Sockets;
using KernelSockets.UserApps.Network.Serving;

namespace KernelSockets.UserApps.Network.Telnet;

/// <summary>telnetd: the shell for whoever connects, where it is told to listen.</summary>
/// <param name="system">Makes terminals and jobs.</param>
/// <param name="apps">Has the shell.</param>
internal sealed class TelnetdCommand(ISystem system, AppTable apps) : Command
{
    private const int DefaultPort = 23;
    private const int MostConnections = 8;
    private int _connections;

    /// <inheritdoc/>
    public override string Name => "telnetd";

    /// <inheritdoc/>
    public override AppGroup Group => AppGroup.Network;

    /// <inheritdoc/>
    public override string Summary => "give the shell to who connects";

    /// <inheritdoc/>
    public override string Help => """
        Usage: telnetd -b ADDRESS [-f] [-p PORT]
        Gives whoever connects by telnet a shell on a terminal of its own, in the background until it is told to end ('kill').
        There is no password, so it has to be told where to listen.
          -b ADDRESS  one of this machine's addresses; 127.0.0.1 for programs on this machine only, 'any' for all addresses
          -f          stay in the foreground
          -p PORT     listen on PORT instead of 23
        Ctrl-C and telnet's 'send ip' end the foreground program. The end of the connection ends everything started in it. Eight at a time.

        """;

    /// <inheritdoc/>
    public override int Run(string[] arguments)
    {
        int port = DefaultPort;
        bool isForeground = false;
        Ipv4Address? address = null;
        OptionReader options = new("b:fp:", arguments);
        while (options.TryNext(out char option))
        {
            switch (option)
            {
                case 'b':
                    address = AddressOf(options);
                    break;
                case 'p':
                    port = options.NumberBetween(1, ushort.MaxValue);
                    break;
                default:
                    isForeground = true;
                    break;
            }
        }

        if (options.Error is not null || options.Operands.Count > 0 || address is null)
        {
            return Misused(options.Error ?? (options.Operands.Count > 0 ? "too many arguments" : "where is it to listen? -b ADDRESS, or -b any: there is no password"));
        }

        IPEndPoint where = new(HostName.AsIPAddress(address.Value), port);
        return isForeground ? Serve(static () => { }, where) : Daemon.Start(system.Jobs, Name, arguments, ready => Serve(ready, where));
    }

    private static Ipv4Address? AddressOf(OptionReader options)
    {
        if (options.Value == "any")
        {
            return Ipv4Address.Any;
        }

        if (Ipv4Address.TryParse(options.Value, out Ipv4Address address))
        {
            return address;
        }

        options.Reject($"invalid address '{options.Value}'");
        return null;
    }

    private int Serve(Action ready, IPEndPoint where)
    {
        _ = apps.TryFind("sh", out App? shell);
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            listener.Bind(where);
            listener.Listen();
        }
        catch (SocketException exception)
        {
            Console.Error.WriteLine($"telnetd: {where}: {((Errno)exception.ErrorCode).Describe()}");
            return 1;
        }

        ready();
        while (true)
        {
            try
            {
                Take(listener.Accept(), shell!);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionAborted)
            {
                continue; // the client has gone already (accept(2))
            }
        }
    }

    private void Take(Socket socket, App shell)
    {
        if (Interlocked.Increment(ref _connections) > MostConnections)
        {
            Interlocked.Decrement(ref _connections);
            Deny(socket, "too many connections");
            return;
        }

        TelnetConnection connection = new(system, socket, shell);
        try
        {
            new Thread(() => ServeSafely(connection)) { IsBackground = true, Name = "telnetd connection" }.Start();
        }
        catch (OutOfMemoryException)
        {
            Interlocked.Decrement(ref _connections);
            Deny(socket, "no memory");
        }
    }

    private void ServeSafely(TelnetConnection connection)
    {
        try
        {
            connection.Serve();
        }
        catch (Exception exception) when (exception is SocketException or OutOfMemoryException)
        {
            // The client went away before it was served, or there is no memory for one more thread: the connection is closed, and that is all that can be told.
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    private static void Deny(Socket socket, string reason)
    {
        using (socket)
        {
            try
            {
                _ = socket.Send(System.Text.Encoding.ASCII.GetBytes($"{reason}\r\n"));
            }
            catch (SocketException)
            {
                // It is gone already.
            }
        }
    }
}
