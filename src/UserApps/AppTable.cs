using System.Diagnostics.CodeAnalysis;
using KernelSockets.UserApps.Commands;
using KernelSockets.UserApps.Files;
using KernelSockets.UserApps.Files.Finding;
using KernelSockets.UserApps.Network;
using KernelSockets.UserApps.Network.Curl;
using KernelSockets.UserApps.Network.Http;
using KernelSockets.UserApps.Network.Iperf;
using KernelSockets.UserApps.Network.PacketCapture;
using KernelSockets.UserApps.Network.SocketAgent;
using KernelSockets.UserApps.Network.Telnet;
using KernelSockets.UserApps.Network.Wget;
using KernelSockets.UserApps.Programs;
using KernelSockets.UserApps.SelfTest;
using KernelSockets.UserApps.Text;
using KernelSockets.UserApps.Text.Checksums;
using KernelSockets.UserApps.Text.Ed;
using KernelSockets.UserApps.Text.Edit;

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
    public static AppTable Create(ISystem system) => Create(
        system, static (options, clock) => new EchoSocket(options.Destination, options.TimeToLive, options.IsBroadcastAllowed, clock));

    /// <summary>Builds the table with another socket for ping.</summary>
    internal static AppTable Create(ISystem system, EchoSocketFactory openEchoSocket)
    {
        ArgumentNullException.ThrowIfNull(system);
        var table = new AppTable();
        table.AddShell(system);
        table.AddSystem(system);
        table.AddNetwork(system, openEchoSocket);
        table.AddFiles(system);
        table.AddText(system);
        table.AddDiagnostics(system);
        table.AddPrograms();
        table._apps.Sort(static (left, right) =>
            left.Group != right.Group ? left.Group.CompareTo(right.Group) : string.CompareOrdinal(left.Name, right.Name));
        return table;
    }

    /// <summary>Builds a table with the shell's own words and some programs, for tests.</summary>
    internal static AppTable Create(ISystem system, IEnumerable<App> programs)
    {
        var table = new AppTable();
        foreach (App app in BuiltInTable.Describe().Concat(programs))
        {
            table.Add(app);
        }

        table.Add(new EnvCommand(system, table));
        table.Add(new ShCommand(system, table));
        return table;
    }

    /// <summary>Finds a command.</summary>
    /// <param name="name">What was typed.</param>
    /// <param name="app">The command.</param>
    /// <returns>False for an unknown name.</returns>
    public bool TryFind(string name, [NotNullWhen(true)] out App? app) => _byName.TryGetValue(name, out app);

    private void AddShell(ISystem system)
    {
        foreach (App builtIn in BuiltInTable.Describe())
        {
            Add(builtIn);
        }

        Add(new HelpCommand(this));
        Add(new EchoCommand());
        Add(new EnvCommand(system, this));
        Add(new ShCommand(system, this));
        Add(new ClearCommand());
    }

    private void AddSystem(ISystem system)
    {
        Add(new DateCommand(system));
        Add(new FreeCommand(system));
        Add(new FsckMinixCommand(system));
        Add(new KillCommand(system));
        Add(new MkfsMinixCommand(system));
        Add(new PowerOffCommand(system));
        Add(new PsCommand(system));
        Add(new RebootCommand(system));
        Add(new SleepCommand(system));
        Add(new TopCommand(system));
        Add(new UnameCommand(system));
        Add(new UptimeCommand(system));
    }

    private void AddNetwork(ISystem system, EchoSocketFactory openEchoSocket)
    {
        Add(new ArpCommand(system));
        Add(new App("curl", AppGroup.Network, "make HTTP requests", CurlCommand.Help, CurlCommand.Main));
        Add(new DhclientCommand(system));
        Add(new App("dig", AppGroup.Network, "ask a name server", Dig.Help, Dig.Main));
        Add(new IfconfigCommand(system));
        Add(new App("httpd", AppGroup.Network, "serve files over HTTP", Httpd.Help, arguments => Httpd.Main(arguments, system)));
        Add(new App("inetd", AppGroup.Network, "serve echo, discard and chargen", Inetd.Help, arguments => Inetd.Main(arguments, system.Jobs)));
        Add(new App("iperf3", AppGroup.Network, "measure how fast data go", IperfCommand.Help, IperfCommand.Main));
        Add(new App("nc", AppGroup.Network, "connect, listen, send and receive", Nc.Help, Nc.Main));
        Add(new NetstatCommand(system));
        Add(new PingCommand(system, openEchoSocket));
        Add(new App("pktdemo", AppGroup.Network, "exchange one Ethernet frame by plain libc calls", PacketDemo.Help, PacketDemo.Main));
        Add(new App("rawdemo", AppGroup.Network, "answer one datagram on a raw socket", RawDemo.Help, RawDemo.Main));
        Add(new RouteCommand(system));
        Add(new App("sockagent", AppGroup.Network, "make socket calls for a test suite", Sockagent.Help, Sockagent.Main));
        Add(new SsCommand(system));
        Add(new App("tcpdump", AppGroup.Network, "show or record frames", Tcpdump.Help, Tcpdump.Main));
        Add(new App("wget", AppGroup.Network, "fetch files over HTTP", WgetCommand.Help, arguments => WgetCommand.Main(arguments, system.Jobs.Sleep)));
        Add(new TelnetdCommand(system, this));
        Add(new App("traceroute", AppGroup.Network, "the routers on the way to a host", Traceroute.Help, Traceroute.Main));
    }

    private void AddFiles(ISystem system)
    {
        Add(new App("cat", AppGroup.Files, "copy files to the output", Cat.Help, Cat.Main));
        Add(new App("chmod", AppGroup.Files, "change permissions", ChangeMode.ModeHelp, ChangeMode.Mode));
        Add(new App("chown", AppGroup.Files, "change owners", ChangeMode.OwnerHelp, ChangeMode.Owner));
        Add(new App("cmp", AppGroup.Files, "whether two files are the same", Compare.Help, Compare.Main));
        Add(new App("cp", AppGroup.Files, "copy files", CopyAndMove.CopyHelp, CopyAndMove.Copy));
        Add(new App("dd", AppGroup.Files, "copy blocks", BlockCopy.Help, BlockCopy.Main));
        Add(new App("df", AppGroup.Files, "how full file systems are", DiskFree.Help, DiskFree.Main));
        Add(new App("du", AppGroup.Files, "how much room files take", DiskUsage.Help, DiskUsage.Main));
        Add(new FindCommand(system.Jobs, this));
        Add(new App("hexdump", AppGroup.Files, "bytes of files in hexadecimal", Hexdump.Help, Hexdump.Main));
        Add(new App("ln", AppGroup.Files, "make links", CopyAndMove.LinkHelp, CopyAndMove.Link));
        Add(new App("ls", AppGroup.Files, "what is in directories", List.Help, List.Main));
        Add(new App("mkdir", AppGroup.Files, "make directories", MakeAndRemove.MakeHelp, MakeAndRemove.MakeDirectory));
        Add(new App("mkfifo", AppGroup.Files, "make pipes with names", MakeNodes.FifoHelp, MakeNodes.Fifo));
        Add(new App("mknod", AppGroup.Files, "make device nodes", MakeNodes.NodeHelp, MakeNodes.Node));
        Add(new App("mktemp", AppGroup.Files, "make a file with a new name", TemporaryFile.Help, TemporaryFile.Main));
        Add(new App("mount", AppGroup.Files, "add file systems to the tree", Mounting.MountHelp, Mounting.Mount));
        Add(new App("mv", AppGroup.Files, "move and rename files", CopyAndMove.MoveHelp, CopyAndMove.Move));
        Add(new App("pwd", AppGroup.Files, "the current directory", "Usage: pwd\nPrints the path of the current directory.\n\n", static _ => PrintDirectory()));
        Add(new App("readlink", AppGroup.Files, "where links lead", ReadLinks.ReadLinkHelp, ReadLinks.ReadLink));
        Add(new App("realpath", AppGroup.Files, "paths without links", ReadLinks.RealPathHelp, ReadLinks.Real));
        Add(new App("rm", AppGroup.Files, "remove files", MakeAndRemove.RemoveHelp, MakeAndRemove.Remove));
        Add(new App("rmdir", AppGroup.Files, "remove empty directories", MakeAndRemove.RemoveDirectoryHelp, MakeAndRemove.RemoveDirectory));
        Add(new App("stat", AppGroup.Files, "all that is known of files", StatCommand.Help, StatCommand.Main));
        Add(new App("sync", AppGroup.Files, "write to the disks what is in memory", Mounting.SynchronizeHelp, Mounting.Synchronize));
        Add(new App("touch", AppGroup.Files, "set the times of files", Touch.Help, Touch.Main));
        Add(new App("truncate", AppGroup.Files, "set the size of files", Truncate.Help, Truncate.Main));
        Add(new App("umount", AppGroup.Files, "take file systems from the tree", Mounting.UnmountHelp, Mounting.Unmount));
    }

    private void AddText(ISystem system)
    {
        Add(new App("[", AppGroup.Text, "test files, texts and numbers", TestCommand.BracketHelp, TestCommand.Bracket));
        Add(new App("basename", AppGroup.Text, "names without directories", PathParts.BaseHelp, PathParts.Base));
        Add(new App("cksum", AppGroup.Text, "CRC and size of files", ChecksumCommand.CrcHelp, ChecksumCommand.Crc));
        Add(new App("cut", AppGroup.Text, "parts of lines", Cut.Help, Cut.Main));
        Add(new App("dirname", AppGroup.Text, "names without their last part", PathParts.DirectoryHelp, PathParts.DirectoryMain));
        Add(new App("ed", AppGroup.Text, "edit files by lines", EdCommand.Help, EdCommand.Main));
        Add(new EditCommand(system));
        Add(new App("expr", AppGroup.Text, "the value of an expression", Expr.Help, Expr.Main));
        Add(new App("false", AppGroup.Text, "do nothing, unsuccessfully", TrueAndFalse.FalseHelp, TrueAndFalse.False));
        Add(new App("grep", AppGroup.Text, "lines that match a pattern", Grep.Help, Grep.Main));
        Add(new App("head", AppGroup.Text, "first lines of files", Head.Help, Head.Main));
        Add(new App("md5sum", AppGroup.Text, "MD5 of files", ChecksumCommand.Md5Help, ChecksumCommand.Md5Main));
        Add(new App("more", AppGroup.Text, "show files a screenful at a time", More.Help, arguments => new More(system.Terminal, static () => StandardStream.IsTerminal(1)).Main(arguments)));
        Add(new App("nl", AppGroup.Text, "number lines", NumberLines.Help, NumberLines.Main));
        Add(new App("paste", AppGroup.Text, "lines of files beside each other", Paste.Help, Paste.Main));
        Add(new App("printf", AppGroup.Text, "print text with values put in", Printf.Help, Printf.Main));
        Add(new App("seq", AppGroup.Text, "numbers from one to another", Sequence.Help, Sequence.Main));
        Add(new App("rev", AppGroup.Text, "each line from its end", Reverse.CharactersHelp, Reverse.Characters));
        Add(new App("sha1sum", AppGroup.Text, "SHA-1 of files", ChecksumCommand.Sha1Help, ChecksumCommand.Sha1Main));
        Add(new App("sha256sum", AppGroup.Text, "SHA-256 of files", ChecksumCommand.Sha256Help, ChecksumCommand.Sha256Main));
        Add(new App("sort", AppGroup.Text, "put lines in order", Sort.Help, Sort.Main));
        Add(new App("tac", AppGroup.Text, "lines from the last to the first", Reverse.LinesHelp, Reverse.Lines));
        Add(new App("tail", AppGroup.Text, "last lines of files, and what follows", Tail.Help, arguments => Tail.Main(arguments, system.Jobs.Sleep)));
        Add(new App("tee", AppGroup.Text, "copy the input to files, too", Tee.Help, Tee.Main));
        Add(new App("test", AppGroup.Text, "test files, texts and numbers", TestCommand.TestHelp, TestCommand.Test));
        Add(new App("tr", AppGroup.Text, "replace or delete characters", Translate.Help, Translate.Main));
        Add(new App("true", AppGroup.Text, "do nothing, successfully", TrueAndFalse.TrueHelp, TrueAndFalse.True));
        Add(new App("uniq", AppGroup.Text, "one of each run of equal lines", Uniq.Help, Uniq.Main));
        Add(new App("wc", AppGroup.Text, "count lines, words and bytes", WordCount.Help, WordCount.Main));
        Add(new App("xargs", AppGroup.Text, "run a command with words of the input", Xargs.Help, arguments => Xargs.Main(arguments, name => TryFind(name, out App? app) ? app : null)));
        Add(new App("yes", AppGroup.Text, "print a line until stopped", Yes.Help, Yes.Main));
    }

    private static int PrintDirectory()
    {
        Console.Out.WriteLine(Environment.CurrentDirectory);
        return 0;
    }

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
        Add(new App("filebench", AppGroup.Programs, "measure files and pipes", FileBench.Help, FileBench.Main));
        Add(new App("filetour", AppGroup.Programs, "go through System.IO", FileTour.Help, FileTour.Main));
        Add(new App("hello", AppGroup.Programs, "greet", Hello.Help, Hello.Main));
        Add(new App("nettour", AppGroup.Programs, "go through System.Net", NetTour.Help, NetTour.Main));
        Add(new App("syscallfuzz", AppGroup.Programs, "make system calls with wild arguments", SyscallFuzz.Help, SyscallFuzz.Main));
    }

    private void Add(Command command) => Add(command.ToApp());

    private void Add(App app)
    {
        _byName.Add(app.Name, app);
        _apps.Add(app);
    }
}
