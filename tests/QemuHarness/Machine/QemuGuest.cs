using System.Globalization;
using System.Net.Sockets;
using KernelSockets.QemuHarness.Wire;

namespace KernelSockets.QemuHarness.Machine;

/// <summary>
/// A guest in QEMU under software emulation, with its serial console, its machine protocol and, if wanted, the other end of its network
/// cable. It is killed with the test. Serial log and packet captures stay in out/test-logs/ when the test failed.
/// </summary>
/// <remarks>QEMU connects to sockets on which the harness already listens, so nothing has to be polled for, and no output is missed.</remarks>
internal sealed class QemuGuest : IAsyncDisposable
{
    private static int s_count;

    private readonly string _socketDirectory;
    private readonly string _logDirectory;
    private ChildProcess? _process;
    private bool _keepsLogs;

    private QemuGuest(string name, QemuOptions options)
    {
        Options = options;
        _socketDirectory = Directory.CreateTempSubdirectory("ks-").FullName;
        _logDirectory = ProjectFiles.LogDirectory(
            string.Create(CultureInfo.InvariantCulture, $"{name}-{Interlocked.Increment(ref s_count)}"));
        Directory.CreateDirectory(_logDirectory);
    }

    public QemuOptions Options { get; }

    public SerialConsole Console { get; private set; } = null!;

    public SerialShell Shell { get; private set; } = null!;

    public QmpClient Qmp { get; private set; } = null!;

    /// <summary>The test's end of the cable, with <see cref="NetworkKind.Wire"/>.</summary>
    public EthernetPort Port { get; private set; } = null!;

    /// <summary>QEMU's process, for looking at its processor time.</summary>
    public int ProcessId => _process!.Id;

    public bool HasExited => _process!.HasExited;

    /// <summary>What QEMU's filter saw on the NIC, with <see cref="NetworkKind.Tap"/>.</summary>
    public string CapturePath => Path.Combine(_logDirectory, "nic.pcap");

    /// <summary>Starts a machine. It runs when this returns, but may not have printed anything yet.</summary>
    /// <param name="name">Name of the test, for the folder of its logs.</param>
    /// <param name="options">The machine.</param>
    public static async Task<QemuGuest> StartAsync(string name, QemuOptions options)
    {
        QemuGuest guest = new(name, options);
        try
        {
            await guest.LaunchAsync();
            return guest;
        }
        catch
        {
            guest._keepsLogs = true;
            await guest.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a machine and waits for the first prompt.</summary>
    public static async Task<QemuGuest> BootAsync(string name, QemuOptions options)
    {
        QemuGuest guest = await StartAsync(name, options);
        try
        {
            _ = await guest.Shell.WaitForPromptAsync(0, options.Medium == BootMedium.IsoUefi ? Limits.UefiBoot : Limits.Boot);
            return guest;
        }
        catch
        {
            guest._keepsLogs = true;
            await guest.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until QEMU ends by itself and returns its exit status.</summary>
    public Task<int> WaitForExitAsync(TimeSpan limit) => _process!.WaitForExitAsync(limit);

    /// <summary>The status that <c>poweroff N</c> or a panic gave isa-debug-exit, or null when QEMU ended otherwise (ACPI).</summary>
    public async Task<int?> WaitForPowerOffAsync(TimeSpan limit)
    {
        int status = await WaitForExitAsync(limit);
        return (status & 1) == 0 ? null : status >> 1;
    }

    /// <summary>Keeps the logs of this guest after its end.</summary>
    public void KeepLogs() => _keepsLogs = true;

    public async ValueTask DisposeAsync()
    {
        bool hasFailed = _keepsLogs || TestContext.Current.TestState?.Result == TestResult.Failed;
        Console?.Dispose();
        Qmp?.Dispose();
        Port?.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
            await File.WriteAllTextAsync(Path.Combine(_logDirectory, "qemu.log"), _process.Output);
        }

        Directory.Delete(_socketDirectory, recursive: true);
        if (!hasFailed)
        {
            Directory.Delete(_logDirectory, recursive: true);
        }
    }

    private async Task LaunchAsync()
    {
        using Socket serial = Listen("serial");
        using Socket qmp = Listen("qmp");
        using Socket wire = Listen("wire");
        List<string> arguments =
        [
            .. Options.Arguments(),
            "-chardev", $"socket,id=serial0,path={SocketPath("serial")},logfile={QemuOptions.Escape(Path.Combine(_logDirectory, "serial.log"))}",
            "-serial", "chardev:serial0",
            "-chardev", $"socket,id=qmp0,path={SocketPath("qmp")}",
            "-mon", "chardev=qmp0,mode=control",
            .. NetworkArguments(),
        ];
        _process = Options.Tap is { } tap
            ? await ChildProcess.StartAsync("ip", ["netns", "exec", tap.Namespace, "qemu-system-x86_64", .. arguments])
            : await ChildProcess.StartAsync("qemu-system-x86_64", arguments);

        Console = new SerialConsole(await AcceptAsync(serial));
        Shell = new SerialShell(Console);
        Qmp = await QmpClient.OpenAsync(await AcceptAsync(qmp));
        if (Options.Network == NetworkKind.Wire)
        {
            Port = new EthernetPort(await AcceptAsync(wire), Path.Combine(_logDirectory, "wire.pcap"));
        }
    }

    private IEnumerable<string> NetworkArguments() => Options.Network switch
    {
        NetworkKind.None => [],
        NetworkKind.Wire => Options.NicArguments($"stream,id=net0,server=off,addr.type=unix,addr.path={SocketPath("wire")}"),
        NetworkKind.Tap =>
        [
            .. Options.NicArguments($"tap,id=net0,ifname={Options.Tap!.Value.Device},script=no,downscript=no"),
            "-object", $"filter-dump,id=dump0,netdev=net0,file={QemuOptions.Escape(CapturePath)}",
        ],
        _ => throw new InvalidOperationException($"No such network: {Options.Network}"),
    };

    private string SocketPath(string name) => Path.Combine(_socketDirectory, name);

    private Socket Listen(string name)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(SocketPath(name)));
        socket.Listen(1);
        return socket;
    }

    /// <summary>QEMU connects within its own start; its death is noticed at once.</summary>
    private async Task<Socket> AcceptAsync(Socket listener)
    {
        using CancellationTokenSource deadline = new(Limits.Command);
        Task<Socket> accepted = listener.AcceptAsync(deadline.Token).AsTask();
        Task ended = _process!.WatchAsync(deadline.Token);
        bool isAccepted = await Task.WhenAny(accepted, ended) == accepted && accepted.IsCompletedSuccessfully;
        await deadline.CancelAsync();
        if (!isAccepted)
        {
            throw new InvalidOperationException($"QEMU did not connect; it printed:\n{_process.Output}");
        }

        return await accepted;
    }
}
