using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace KernelSockets.UserApps.Network.Telnet;

/// <summary>A client at a terminal of its own, in which a shell runs. Its end, from whichever side, ends what was started there.</summary>
internal sealed class TelnetConnection
{
    private const int BufferSize = 4096;

    private readonly ISystem _system;
    private readonly Socket _socket;
    private readonly App _shell;
    private readonly TelnetDecoder _decoder = new();
    private readonly Lock _sending = new(); // an answer must not come between the two bytes of an escaped one

    /// <param name="system">Makes the terminal.</param>
    /// <param name="socket">The connection; it is taken over.</param>
    /// <param name="shell">What runs in it.</param>
    public TelnetConnection(ISystem system, Socket socket, App shell)
    {
        _system = system;
        _socket = socket;
        _shell = shell;
    }

    /// <summary>Serves until the client or the shell has gone. Called on a thread of its own.</summary>
    public void Serve()
    {
        using (_socket)
        {
            Errno error = _system.TryOpenTerminal(out IPseudoTerminal? terminal);
            if (error != Errno.Success)
            {
                Refuse($"no terminal: {error.Describe()}");
                return;
            }

            using (terminal)
            {
                _socket.NoDelay = true;
                _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
                _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.OutOfBandInline, true); // a Data Mark is sent as urgent, and its IAC is not
                Send(TelnetDecoder.Greeting);
                Thread output = new(() => SendOutput(terminal!)) { IsBackground = true, Name = "telnetd output" };
                output.Start();
                Carry(terminal!);
                output.Join();
            }
        }
    }

    /// <summary>The shell's end is that of the terminal, too: what is in the background there ends.</summary>
    private int RunShell(IPseudoTerminal terminal, string[] arguments)
    {
        try
        {
            return _shell.Run(arguments);
        }
        finally
        {
            terminal.HangUp();
        }
    }

    private void Carry(IPseudoTerminal terminal)
    {
        IJob? job = null;
        try
        {
            Errno error = terminal.TryStart(new JobStart { Name = _shell.Name, Main = arguments => RunShell(terminal, arguments) }, out job);
            if (error == Errno.Success)
            {
                TakeInput(terminal);
            }
            else
            {
                Refuse($"no shell: {error.Describe()}");
            }
        }
        catch (SocketException)
        {
            // The client is gone without a good-bye, or telnetd is told to end.
        }
        finally
        {
            terminal.HangUp();
            job?.WaitForEnd();
        }
    }

    private void TakeInput(IPseudoTerminal terminal)
    {
        byte[] buffer = new byte[BufferSize];
        List<byte> keys = [];
        List<byte> answers = [];
        for (int count = _socket.Receive(buffer); count > 0; count = _socket.Receive(buffer))
        {
            keys.Clear();
            answers.Clear();
            _decoder.Decode(buffer.AsSpan(0, count), keys, answers);
            if (_decoder.Window is { } window)
            {
                terminal.SetSize(window.Rows, window.Columns);
            }

            if (answers.Count > 0)
            {
                Send(CollectionsMarshal.AsSpan(answers));
            }

            terminal.Input(CollectionsMarshal.AsSpan(keys));
        }
    }

    private void SendOutput(IPseudoTerminal terminal)
    {
        byte[] plain = new byte[BufferSize];
        byte[] encoded = new byte[(3 * BufferSize) + 1];
        TelnetEncoder encoder = new();
        try
        {
            for (IoResult result = terminal.ReadOutput(plain); result is { IsSuccess: true, Count: > 0 }; result = terminal.ReadOutput(plain))
            {
                Send(encoded.AsSpan(0, encoder.Encode(plain.AsSpan(0, result.Count), encoded)));
            }

            _socket.Shutdown(SocketShutdown.Both); // ends the input as well
        }
        catch (SocketException)
        {
            terminal.HangUp(); // nobody sees the rest; whoever waits for room is let go
        }
    }

    private void Refuse(string reason)
    {
        Console.Error.WriteLine($"telnetd: {reason}");
        Send(System.Text.Encoding.ASCII.GetBytes($"{reason}\r\n"));
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        lock (_sending)
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[_socket.Send(bytes)..];
            }
        }
    }
}
