using KernelSockets.QemuHarness.Tap;

namespace KernelSockets.QemuHarness.Tests;

/// <summary>telnetd with a client that knows the protocol, and one that goes away without a word.</summary>
public sealed class TelnetdTests
{
    private const string Client = """
        import socket, time
        def until(s, text):
            data = b""
            while text not in data:
                piece = s.recv(65536)
                assert piece, (text, data)
                data += piece
            return data
        def connect():
            s = socket.create_connection(("10.77.0.2", 23), 30); s.settimeout(50)
            assert until(s, b"# ").startswith(b"\xff\xfb\x01\xff\xfb\x03\xff\xfd\x1f")
            return s
        def start(s, line, wanted=b"\n"):
            s.sendall(line + b"\r\0")
            return until(s, wanted)
        def run(s, line):
            return start(s, line + b"; echo e''nd", b"end\r\n")
        def interrupt(s, key):
            s.sendall(key)
            data = until(s, b"^C")
            return b"# " in data.split(b"^C")[1] or until(s, b"# ")

        """;

    [Fact]
    public async Task Telnetd_ServesAShell_OnATerminalOfItsOwn()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        await RunClientAsync(network, guest, Client + """
            s = connect()
            s.sendall(b"\xff\xfd\x01\xff\xfd\x03\xff\xfb\x1f\xff\xfa\x1f\x00\x64\x00\x1e\xff\xf0")
            assert b"0 -> /dev/pts/0" in run(s, b"ls -l /proc/self/fd")
            t = connect()
            assert b"0 -> /dev/pts/1" in run(t, b"ls -l /proc/self/fd")
            assert b"\r\nhello\r\n" in run(t, b"echo hello")
            start(t, b"exit")
            while t.recv(100): pass
            start(s, b"sleep 1000"); interrupt(s, b"\x03"); assert b"st130" in run(s, b"echo st$?")
            start(s, b"cat"); start(s, b"abc", b"abc\r\nabc\r\n"); interrupt(s, b"\xff\xf4"); assert b"st130" in run(s, b"echo st$?")
            run(s, b"{ sleep 1000 & }")
            assert b"4000" in run(s, b"seq 4000")
            s.sendall(b"sleep .5\r\0\x04")   # typed ahead of the prompt
            while s.recv(100): pass
            print("all is well")
            """);
    }

    [Fact]
    public async Task Telnetd_ClientsThatGoAway_LeaveNothingBehind()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        await RunClientAsync(network, guest, Client + """
            import struct
            for line in (b"sleep 1000", b"yes", b"sleep 1000 | cat", b"sh -c 'sleep 1000 & sleep 1000'", b""):
                s = connect(); start(s, line)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)); s.close()
            all = [connect() for i in range(3)]
            s = connect(); start(s, b"yes", b"y\r\ny\r\n")   # and nobody reads what follows
            for t in all: assert b"hello" in run(t, b"echo hello")
            del s, t, all
            print("all is well")
            """);
        await RunClientAsync(network, guest, Client + """
            all = [connect() for i in range(8)]
            s = socket.create_connection(("10.77.0.2", 23), 30); assert b"too many connections" in until(s, b"\n")
            all.pop().close()
            for i in range(100):
                try: all.append(connect()); break
                except AssertionError: time.sleep(.1)
            assert len(all) == 8
            print("all is well")
            """);
        _ = (await guest.Shell.RunAsync("echo alive")).Succeeded();
    }

    [Fact]
    public async Task Telnetd_WithDebiansClient_IsUsedAsTheConsoleIs()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        await RunClientAsync(network, guest, """
            import fcntl, os, pty, struct, termios
            pid, fd = pty.fork()
            if pid == 0:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 12, 70, 0, 0))
                os.environ["TERM"] = "xterm"
                os.execvp("telnet", ["telnet", "10.77.0.2"])
            seen = b""
            def until(text):
                global seen
                while text not in seen:
                    try: piece = os.read(fd, 65536)
                    except OSError: piece = b""
                    assert piece, (text, seen)
                    seen += piece
                before, seen = seen.split(text, 1)
                return before
            def key(text): os.write(fd, text)
            until(b"Escape character is '^]'.\r\n"); until(b"ks:/# ")
            key(b"echo he''llo\r"); until(b"\nhello\r\n"); until(b"ks:/# ")
            key(b"cd /e\t\r"); until(b"ks:/etc# ")                                    # completion
            key(b"echo ac\x1b[Db\r"); until(b"\nabc\r\n"); until(b"ks:/etc# ")       # the left arrow
            key(b"\x1b[A\x7f\x7fx\r"); until(b"\nax\r\n"); until(b"ks:/etc# ")      # the last line again, without its end
            key(b"sleep 1000\r"); until(b"\n"); key(b"\x03"); until(b"ks:/etc# "); key(b"echo st$?\r"); until(b"\nst130\r\n"); until(b"ks:/etc# ")
            key(b"wc -c\r"); until(b"\n"); key(b"abc\r\x04"); until(b"\n4\r\n"); until(b"ks:/etc# ")
            key(b"seq 100 | more\r"); assert b"\n11\r" in until(b"--More--"); assert b"13" not in seen; key(b"q"); until(b"ks:/etc# ")   # the window's size
            key(b"seq 20000\r"); until(b"\n20000\r\n"); until(b"ks:/etc# ")
            key(b"yes\r"); until(b"y\r\ny\r\n"); key(b"\x03"); until(b"ks:/etc# ")
            for command, after in ((b"send ip", b"ks:/etc# "), (b"send ayt", b"[yes]"), (b"send synch", b"\n"), (b"send brk", b"ks:/etc# "), (b"status", b"10.77.0.2")):
                key(b"\x1d"); until(b"telnet> "); key(command + b"\r"); until(after)
            key(b"echo on\r"); until(b"\non\r\n"); until(b"ks:/etc# ")
            key(b"exit\r"); until(b"Connection closed by foreign host.")
            os.waitpid(pid, 0)
            print("all is well")
            """);
    }

    [Fact]
    public async Task Telnetd_Killed_EndsItsSessions_AndCanBeStartedAgain()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network);
        await using ChildProcess client = await network.StartInteractiveAsync(
            "python3", "-u", "-c", Client + """
            s = connect(); start(s, b"yes", b"y\r\ny\r\n")
            t = connect(); start(t, b"sleep 1000 | cat")
            u = connect(); run(u, b"true")
            print("three are there")
            for one in (t, u):
                try:
                    while one.recv(65536): pass
                except ConnectionResetError: pass
            print("all is well")
            """);
        await client.WaitForOutputAsync("three are there", Limits.Command);
        _ = (await guest.Shell.RunAsync("kill $(ps | grep telnetd | head -n 1 | cut -c1-6)")).Succeeded();
        await client.WaitForOutputAsync("all is well", Limits.Command);
        await EverythingEndsAsync(guest);
        _ = (await guest.Shell.RunAsync("telnetd -b 10.77.0.2")).Succeeded();
        await RunClientAsync(network, guest, Client + "s = connect(); run(s, b'true'); print('all is well')");
    }

    [Fact]
    public async Task Telnetd_OnLoopback_IsNotReachedFromOutside()
    {
        await using TapNetwork network = await TapNetwork.CreateAsync();
        await using QemuGuest guest = await BootAsync(network, "telnetd -b 127.0.0.1");
        Assert.Contains("127.0.0.1:23 ", (await guest.Shell.RunAsync("ss -tln")).Output, StringComparison.Ordinal);
        Assert.NotEqual(0, (await network.RunAsync("nc", "-n", "-z", "-w", "5", QemuOptions.GuestAddress, "23")).Status);
    }

    private static async Task<QemuGuest> BootAsync(TapNetwork network, string command = "telnetd -b any")
    {
        QemuGuest guest = await QemuGuest.BootAsync(nameof(TelnetdTests), network.Attach(new QemuOptions { FirmwareOptions = $"{QemuOptions.AddressOptions} run=\"{command}\"" }));
        await Eventually.TrueAsync(
            async () => (await network.RunAsync("ping", "-c", "1", "-W", "1", QemuOptions.GuestAddress)).Status == 0, "the guest answers", Limits.Command);
        return guest;
    }

    /// <summary>Runs a client's script, which says in the end that all is well, and looks for what it has left.</summary>
    private static async Task RunClientAsync(TapNetwork network, QemuGuest guest, string script)
    {
        HostProgramResult client = await network.RunAsync("python3", "-c", script);
        Assert.True(client.Output.Contains("all is well", StringComparison.Ordinal), client.Output);
        await NothingLeftAsync(guest);
    }

    /// <summary>No terminal, no job and no connection but the server itself.</summary>
    private static Task NothingLeftAsync(QemuGuest guest) => EverythingEndsAsync(guest, "telnetd");

    private static async Task EverythingEndsAsync(QemuGuest guest, params string[] programs) => await Eventually.TrueAsync(
        async () => (await guest.Shell.RunAsync("ls /dev/pts")).Lines.Count == 0
            && (await guest.Shell.RunAsync("ps -j")).Lines.Skip(1).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]).Except(["ps"]).SequenceEqual(programs)
            && !(await guest.Shell.RunAsync("ss -tH")).Output.Contains("ESTAB", StringComparison.Ordinal),
        "everything has ended",
        Limits.Command);
}
