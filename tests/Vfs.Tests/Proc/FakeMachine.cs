using KernelSockets.Vfs.Proc;

namespace KernelSockets.Vfs.Tests.Proc;

/// <summary>A machine whose figures the test sets, as /proc sees it.</summary>
internal sealed class FakeMachine(Clock clock) : IProcSource, ISystem, IProcessTable
{
    public List<FakeProcess> List { get; } = [new(1, 0, "kernel")];

    public List<TaskInformation> TaskList { get; } = [];

    public FakeNetwork Net { get; } = new();

    public MemoryStatistics MemoryUse { get; set; } = new(1000 << 10, 400 << 10, 100 << 10, 8 << 10, 492 << 10, 900 << 10, 64, 60);

    public ISystem System => this;

    public IProcessTable Processes => this;

    public string CommandLine => "ip=dhcp run=\"ps\"";

    public ProcessorInformation Processor { get; set; } = new("GenuineIntel", "A Processor", 0x000506E3, ulong.MaxValue, ulong.MaxValue, 2_500_000_000);

    public TimeSpan IdleTime { get; set; }

    public long ContextSwitches => 77;

    public Clock Clock => clock;

    public SystemIdentity Identity => new("KernelSockets", "ks", "1.2.3", "test", "x86_64");

    public INetworkControl Network => Net;

    public IVolumeControl Volumes => throw new NotSupportedException();

    public IReadOnlyList<TaskInformation> Tasks() => TaskList;

    public MemoryStatistics Memory() => MemoryUse;

    public IReadOnlyList<InterruptInformation> Interrupts() => [new(33, "IO-APIC 1 edge", "keyboard", 5), new(240, "LAPIC", "timer", 1234)];

    IReadOnlyList<IProcess> IProcessTable.Processes() => [.. List.Where(static process => !process.IsGone)];

    public IProcess? Find(int id) => List.Find(process => process.Id == id && !process.IsGone);

    public IProcess Current { get; set; } = null!;

    public IReadOnlyList<PciFunctionInformation> PciFunctions => throw new NotSupportedException();

    public IJobControl Jobs => throw new NotSupportedException();

    public IDhcpControl Dhcp => throw new NotSupportedException();

    public ITerminal Terminal => throw new NotSupportedException();

    public string ReadLog() => throw new NotSupportedException();

    public Errno Kill(int taskId) => throw new NotSupportedException();

    public void RaiseInterrupts(int count) => throw new NotSupportedException();

    public void PowerOff(byte? status) => throw new NotSupportedException();

    public void Reboot() => throw new NotSupportedException();
}

/// <summary>A process that the test changes.</summary>
internal sealed class FakeProcess(int id, int jobId, string name) : IProcess
{
    public int Id => id;

    public int ParentId { get; init; }

    public int JobId => jobId;

    public string Name => name;

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public Instant StartedAt => Instant.Zero + TimeSpan.FromSeconds(2);

    public bool HasEnded { get; set; }

    public bool IsGone { get; set; }

    public Inode? Directory { get; set; }

    public Inode? HoldCurrentDirectory()
    {
        Directory?.Hold();
        return Directory;
    }
}
