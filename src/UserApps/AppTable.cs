using System.Diagnostics.CodeAnalysis;
using KernelSockets.UserApps.Commands;
using KernelSockets.UserApps.Files;
using KernelSockets.UserApps.Network;
using KernelSockets.UserApps.Programs;
using KernelSockets.UserApps.SelfTest;

namespace KernelSockets.UserApps;

/// <summary>All commands of the system, by name. Immutable once built; the kernel builds one and hands it to the shell.</summary>
public sealed class AppTable
{
    private readonly Dictionary<string, App> _byName = new(StringComparer.Ordinal);
    private readonly List<App> _apps = [];

    private AppTable()
    {
    }

    /// <summary>Every command, by group and name.</summary>
    public IReadOnlyList<App> Apps => _apps;

    /// <summary>Builds the table.</summary>
    /// <param name="system">What the commands look at and change.</param>
    public static AppTable Create(ISystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        var table = new AppTable();
        table.AddShell(system);
        table.AddSystem(system);
        table.AddNetwork(system);
        table.AddFiles();
        table.AddDiagnostics(system);
        table.AddPrograms();
        table._apps.Sort(static (left, right) =>
            left.Group != right.Group ? left.Group.CompareTo(right.Group) : string.CompareOrdinal(left.Name, right.Name));
        return table;
    }

    /// <summary>Finds a command.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="app">The command.</param>
    /// <returns>False for an unknown name.</returns>
    public bool TryFind(string name, [NotNullWhen(true)] out App? app) => _byName.TryGetValue(name, out app);

    private void AddShell(ISystem system)
    {
        foreach (App builtIn in BuiltIns.Describe())
        {
            Add(builtIn);
        }

        Add(new HelpCommand(this));
        Add(new EchoCommand());
        Add(new ClearCommand());
    }

    private void AddSystem(ISystem system)
    {
        Add(new DateCommand(system));
        Add(new FreeCommand(system));
        Add(new KillCommand(system));
        Add(new PowerOffCommand(system));
        Add(new PsCommand(system));
        Add(new RebootCommand(system));
        Add(new SleepCommand(system));
        Add(new TopCommand(system));
        Add(new UnameCommand(system));
        Add(new UptimeCommand(system));
    }

    private void AddNetwork(ISystem system)
    {
        Add(new ArpCommand(system));
        Add(new DhclientCommand(system));
        Add(new IfconfigCommand(system));
        Add(new App("inetd", AppGroup.Network, "serve echo and discard over UDP", Inetd.Help, Inetd.Main));
        Add(new App("nc", AppGroup.Network, "send and receive datagrams", Nc.Help, Nc.Main));
        Add(new NetstatCommand(system));
        Add(new PingCommand(system));
        Add(new App("rawdemo", AppGroup.Network, "answer one datagram on a raw socket", RawDemo.Help, RawDemo.Main));
        Add(new RouteCommand(system));
    }

    private void AddFiles() => Add(new App("hexdump", AppGroup.Files, "bytes of files in hexadecimal", Hexdump.Help, Hexdump.Main));

    private void AddDiagnostics(ISystem system)
    {
        Add(new DmesgCommand(system));
        Add(new GcCommand());
        Add(new InterruptsCommand(system));
        Add(new LspciCommand(system));
        Add(new SelfTestCommand(system));
    }

    private void AddPrograms()
    {
        Add(new App("crash", AppGroup.Programs, "fail in various ways", Crash.Help, Crash.Main));
        Add(new App("hello", AppGroup.Programs, "greet", Hello.Help, Hello.Main));
        Add(new App("syscallfuzz", AppGroup.Programs, "make system calls with wild arguments", SyscallFuzz.Help, SyscallFuzz.Main));
    }

    private void Add(Command command) => Add(command.ToApp());

    private void Add(App app)
    {
        _byName.Add(app.Name, app);
        _apps.Add(app);
    }
}
