using System.Runtime.InteropServices;
using System.Text;
using KernelSockets.Kernel.Devices;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Storage;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel;

/// <summary>The kernel as its shell's commands see it.</summary>
internal sealed unsafe class KernelSystem : ISystem
{
    private const int LogBytes = 64 * 1024;

    private readonly JobTable _jobs;
    private readonly Pci _pci;
    private readonly KernelOptions _options;
    private readonly WriteBackService _writeBack;
    private readonly PseudoTerminals _terminals;
    private NetworkService? _network;

    public KernelSystem(KernelOptions options, JobTable jobs, Pci pci, VirtualFileSystem vfs, WriteBackService writeBack)
    {
        Volumes = new VolumeControl(vfs);
        _writeBack = writeBack;
        _options = options;
        _jobs = jobs;
        _pci = pci;
        _terminals = new PseudoTerminals(jobs, vfs);
    }

    /// <inheritdoc/>
    public Clock Clock => KernelClock.Instance;

    /// <inheritdoc/>
    public SystemIdentity Identity => new(
        "KernelSockets", _options.HostName, typeof(KernelSystem).Assembly.GetName().Version!.ToString(3),
        $"NativeAOT {RuntimeInformation.FrameworkDescription}", "x86_64");

    /// <inheritdoc/>
    public IJobControl Jobs => _jobs;

    /// <inheritdoc/>
    public INetworkControl Network => _network!.Control;

    /// <inheritdoc/>
    public IDhcpControl Dhcp => _network!.Dhcp;

    /// <inheritdoc/>
    public IVolumeControl Volumes { get; }

    /// <inheritdoc/>
    public ITerminal Terminal => _jobs.Terminal;

    /// <inheritdoc/>
    public Errno TryOpenTerminal(out IPseudoTerminal? terminal) => _terminals.TryOpen(out terminal);

    /// <inheritdoc/>
    public IReadOnlyList<PciFunctionInformation> PciFunctions => _pci.Functions;

    /// <summary>The network, once it is up.</summary>
    public void Attach(NetworkService network) => _network = network;

    /// <inheritdoc/>
    public IReadOnlyList<TaskInformation> Tasks()
    {
        Dictionary<int, KernelTask> known = TaskRegistry.Instance.Snapshot().ToDictionary(static t => t.Id);
        List<TaskInformation> tasks = [];
        for (int slot = 0; slot < TaskTable.Capacity; slot++)
        {
            if (!Gateway.TryDescribe(slot, out TaskSnapshot snapshot))
            {
                continue;
            }

            known.TryGetValue(snapshot.Id, out KernelTask? task);
            string name = task?.Thread.Name ?? Marshal.PtrToStringUTF8((nint)snapshot.Name) ?? string.Empty;
            (TaskState state, string waitsFor) = snapshot.State switch
            {
                RunState.Ready or RunState.Running => (TaskState.Running, string.Empty),
                RunState.Asleep => (TaskState.Sleeping, "sleep"),
                RunState.OnFutex => (TaskState.Waiting, "futex"),
                RunState.Parked => (TaskState.Waiting, task?.WaitsFor ?? "interrupt"),
                _ => (TaskState.Dead, string.Empty),
            };
            tasks.Add(new TaskInformation(
                snapshot.Id, task?.Job?.Id ?? 0, name, state, waitsFor, snapshot.Priority,
                TimeSpan.FromTicks(snapshot.CpuTime / TimeSpan.NanosecondsPerTick)));
        }

        tasks.Sort(static (a, b) => a.Id.CompareTo(b.Id));
        return tasks;
    }

    /// <inheritdoc/>
    public MemoryStatistics Memory() => ReadMemory(_network?.Pool);

    /// <summary>Reads the frame allocator's counters.</summary>
    public static MemoryStatistics ReadMemory(PacketBufferPool? pool)
    {
        const long Frame = (long)FrameAllocator.FrameSize;
        return new MemoryStatistics(
            (long)FrameAllocator.Total * Frame, (long)FrameAllocator.Free * Frame, (long)KernelImage.Size, (long)PageTables.Frames * Frame,
            (long)AddressSpace.MappedFrames * Frame, (long)NucleusMain.HeapLimit, pool?.Total ?? 0, pool?.Free ?? 0);
    }

    /// <inheritdoc/>
    public string ReadLog()
    {
        byte[] buffer = new byte[LogBytes];

        // SAFETY: the array is pinned while the nucleus writes at most its length.
        fixed (byte* bytes = buffer)
        {
            int count = KernelLog.Read(bytes, buffer.Length);
            return Encoding.UTF8.GetString(buffer, 0, count);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<InterruptInformation> Interrupts()
    {
        List<InterruptInformation> interrupts = [];
        for (int line = 0; line < IoApic.LineCount; line++)
        {
            if (InterruptEvents.IsAttached(line))
            {
                string trigger = InterruptEvents.IsLevel(line) ? "level" : "edge";
                interrupts.Add(new InterruptInformation(
                    IoApic.FirstVector + line, $"IO-APIC {line} {trigger}", NameOf(line), InterruptEvents.Count(line)));
            }
        }

        interrupts.Add(new InterruptInformation(LocalApic.TimerVector, "LAPIC", "timer", InterruptEvents.TimerCount));
        interrupts.Add(new InterruptInformation(LocalApic.RescheduleVector, "LAPIC", "reschedule", InterruptEvents.RescheduleCount));
        interrupts.Add(new InterruptInformation(LocalApic.SelfTestVector, "LAPIC", "selftest", InterruptEvents.SelfTestCount));
        return interrupts;
    }

    /// <inheritdoc/>
    public Errno Kill(int taskId)
    {
        KernelTask? task = Array.Find(TaskRegistry.Instance.Snapshot(), t => t.Id == taskId);
        Job? job = task?.Job;
        if (job is { IsConsoleShell: false })
        {
            job.Interrupt();
            return Errno.Success;
        }

        for (int slot = 0; slot < TaskTable.Capacity; slot++)
        {
            if (Gateway.TryDescribe(slot, out TaskSnapshot snapshot) && snapshot.Id == taskId)
            {
                return Errno.EPERM;
            }
        }

        return Errno.ESRCH;
    }

    /// <inheritdoc/>
    public void RaiseInterrupts(int count)
    {
        const int Burst = 64;
        for (int i = 0; i < count; i++)
        {
            Gateway.RaiseSelfTest();
            if (i % Burst == Burst - 1)
            {
                // Raw code has no place where the collector can stop a thread; a call that leaves managed code is one.
                Thread.Yield();
            }
        }
    }

    /// <inheritdoc/>
    public void PowerOff(byte? status)
    {
        _writeBack.Finish();
        if (status is byte told)
        {
            Machine.PowerOff(told);
        }
        else
        {
            Machine.PowerOff();
        }
    }

    /// <inheritdoc/>
    public void Reboot()
    {
        _writeBack.Finish();
        Machine.Reset();
    }

    private string NameOf(int line)
    {
        const int Keyboard = 1;
        const int Serial = 4;
        const int FirstChannel = 14;
        const int SecondChannel = 15;
        return line switch
        {
            Keyboard => "keyboard",
            Serial => "serial",
            FirstChannel => "ata0, ata1",
            SecondChannel => "ata2, ata3",
            _ => string.Join(',', _pci.Functions.Where(f => f.InterruptLine == line && f.Driver.Length > 0).Select(static f => f.Driver)),
        };
    }
}
