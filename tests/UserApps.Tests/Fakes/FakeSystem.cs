using System.Text;
using KernelSockets.Drivers.Console;
using KernelSockets.Drivers.Console.Tests;
using KernelSockets.Simulation;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.UserApps.Tests.Fakes;

/// <summary>
/// A kernel in simulated time for the shell and its commands: the real line discipline over the real screen, a keyboard that types, and
/// numbers
/// that the test makes up.
/// </summary>
internal sealed class FakeSystem : ISystem
{
    private readonly Recorder _recorder;

    public FakeSystem()
    {
        _recorder = new Recorder(new VgaScreen(Screen));
        Console = new Terminal(_recorder, new SimulatedWaitQueueFactory(Time), Time.Clock);
        JobControl = new FakeJobControl(Time, Console);
        NetworkControl = new FakeNetwork(Time, () => JobControl.Current.IsInterrupted);
        Console.Interrupted = () => JobControl.InterruptForeground();
        Apps = AppTable.Create(this, NetworkControl.OpenEcho);
        Shell = new Shell(this, Apps, new ShellOptions { CurrentDirectory = () => Directory, IsConsole = true });
    }

    public SimulatedTime Time { get; } = new();

    public ArrayFrameBuffer Screen { get; } = new();

    public Terminal Console { get; }

    public FakeJobControl JobControl { get; }

    public FakeNetwork NetworkControl { get; }

    public AppTable Apps { get; }

    public Shell Shell { get; }

    public string Directory { get; set; } = "/";

    public List<TaskInformation> TaskList { get; } = [];

    public MemoryStatistics MemoryNow { get; set; } = new(64 << 20, 40 << 20, 3 << 20, 1 << 20, 20 << 20, 32 << 20, 1024, 768);

    public string Log { get; set; } = "";

    public Errno KillResult { get; set; }

    public List<int> Killed { get; } = [];

    public List<string> Ends { get; } = [];

    public long InterruptsRaised { get; private set; }

    /// <summary>Everything that went to the terminal's devices, CR LF as LF.</summary>
    public string Transcript => _recorder.Text.Replace("\r\n", "\n", StringComparison.Ordinal);

    public Clock Clock => Time.Clock;

    public SystemIdentity Identity { get; } = new("KernelSockets", "ks", "0.1.0", "test build", "x86_64");

    /// <summary>Jobs of another kind; null for <see cref="JobControl"/>.</summary>
    public IJobControl? OtherJobs { get; set; }

    public IJobControl Jobs => OtherJobs ?? JobControl;

    public INetworkControl Network => NetworkControl;

    public FakeDhcp DhcpControl { get; } = new();

    public IDhcpControl Dhcp => DhcpControl;

    public FakeVolumes VolumeControl { get; } = new();

    public IVolumeControl Volumes => VolumeControl;

    public ITerminal Terminal => Console;

    public List<PciFunctionInformation> Pci { get; } = [];

    public IReadOnlyList<PciFunctionInformation> PciFunctions => Pci;

    public List<InterruptInformation> InterruptList { get; } = [];

    public IReadOnlyList<TaskInformation> Tasks() => TaskList;

    /// <summary>Changes what each look at the memory sees.</summary>
    public Func<MemoryStatistics, MemoryStatistics> MemoryReads { get; set; } = memory => memory;

    public MemoryStatistics Memory() => MemoryReads(MemoryNow);

    public string ReadLog() => Log;

    public IReadOnlyList<InterruptInformation> Interrupts() => InterruptList;

    public Errno Kill(int taskId)
    {
        Killed.Add(taskId);
        return KillResult;
    }

    public void RaiseInterrupts(int count) => InterruptsRaised += count;

    public void PowerOff(byte? status) => Ends.Add($"off {status}");

    public void Reboot() => Ends.Add("reboot");

    /// <summary>Types keys, each a millisecond after the one before.</summary>
    public void Type(string keys)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(keys);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte value = bytes[i];
            Time.After(TimeSpan.FromMilliseconds(i + 1), () => Console.Input([value]));
        }
    }

    /// <summary>Types keys at some later time.</summary>
    public void TypeAfter(TimeSpan delay, string keys) => Time.After(delay, () => Console.Input(Encoding.UTF8.GetBytes(keys)));

    /// <summary>Runs the shell until nobody types any more.</summary>
    public void RunShell()
    {
        Assert.Throws<SimulationStalledException>(() => Shell.Run());
    }

    /// <summary>Types a line at the shell's prompt and runs it.</summary>
    /// <returns>What is on the screen.</returns>
    public string Enter(string line)
    {
        Type(line + "\r");
        RunShell();
        return Screen.Text();
    }

    /// <summary>Runs a command line without a prompt.</summary>
    /// <returns>Its output.</returns>
    public string Run(string script)
    {
        int before = Transcript.Length;
        Shell.RunScript(script);
        return Transcript[before..];
    }

    private sealed class Recorder(VgaScreen screen) : TerminalOutput
    {
        private readonly List<byte> _bytes = [];

        public string Text => Encoding.UTF8.GetString([.. _bytes]);

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            _bytes.AddRange(bytes);
            screen.Write(bytes);
        }
    }
}
