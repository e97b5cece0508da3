namespace KernelSockets.Vfs.Proc;

/// <summary>Contents of the files about the machine as a whole (proc(5)), and their names.</summary>
public static class SystemFiles
{
    private const int InterruptNameWidth = 10;
    private const int TicksPerSecond = 100; // sysconf(_SC_CLK_TCK)

    /// <summary>Enters them, the processes and /proc/net.</summary>
    /// <param name="root">Where.</param>
    /// <param name="source">Whose figures.</param>
    public static void AddTo(ProcRoot root, IProcSource source)
    {
        ArgumentNullException.ThrowIfNull(root);
        ArgumentNullException.ThrowIfNull(source);
        ISystem system = source.System;
        root.AddFile("cmdline", text => text.Line(source.CommandLine.Trim()));
        root.AddFile("cpuinfo", text => ProcessorFile.Write(text, source.Processor));
        root.AddFile("gc", new CollectorFile().Write);
        root.AddFile("interrupts", text => WriteInterrupts(text, system.Interrupts()));
        root.AddFile("meminfo", text => WriteMemory(text, system.Memory()));
        root.AddFile("stat", text => WriteStatistics(text, source));
        root.AddFile("uptime", text => WriteUptime(text, system.Clock.Now - Instant.Zero, source.IdleTime));
        root.AddFile("version", text => WriteVersion(text, system.Identity));
        root.AddProcesses(source.Processes, system);
        NetworkFiles.AddTo(root.AddDirectory("net"), system);
        SettingFiles.AddTo(root.AddDirectory("sys"), system);
    }

    /// <summary>Use of memory in KiB. Blocks of disks are cached on the managed heap, and so among AnonPages.</summary>
    internal static void WriteMemory(ProcText text, MemoryStatistics memory)
    {
        (string Name, long Bytes)[] figures =
        [
            ("MemTotal", memory.Total), ("MemFree", memory.Free), ("MemAvailable", memory.Free), ("Buffers", 0), ("Cached", 0), ("SwapCached", 0),
            ("SwapTotal", 0), ("SwapFree", 0), ("AnonPages", memory.Mapped), ("PageTables", memory.PageTables), ("KernelImage", memory.Image),
            ("GCHeapLimit", memory.HeapLimit),
        ];
        foreach ((string name, long bytes) in figures)
        {
            text.Line($"{name + ':',-15} {bytes >> 10,8} kB");
        }
    }

    /// <summary>Seconds since start-up, and of them those without work.</summary>
    internal static void WriteUptime(ProcText text, TimeSpan up, TimeSpan idle) => text.Line($"{Seconds(up)} {Seconds(idle)}");

    /// <summary>Name and version, as Linux words them.</summary>
    internal static void WriteVersion(ProcText text, SystemIdentity identity) =>
        text.Line($"{identity.SystemName} version {identity.Release} ({identity.HostName}) ({identity.Version}) #1 {identity.Machine}");

    /// <summary>A line for each line or vector in use, with its count on the one processor.</summary>
    internal static void WriteInterrupts(ProcText text, IReadOnlyList<InterruptInformation> interrupts)
    {
        text.Line("           CPU0       ");
        foreach (InterruptInformation interrupt in interrupts)
        {
            text.Line($"{interrupt.Vector,3}: {interrupt.Count,InterruptNameWidth}  {interrupt.Source}  {interrupt.Name}".TrimEnd());
        }
    }

    /// <summary>
    /// Processor time in hundredths of a second, and counters. Everything runs in ring 0, so time of programs and time of the kernel cannot be told apart: what is
    /// not idle counts as the system's.
    /// </summary>
    internal static void WriteStatistics(ProcText text, IProcSource source)
    {
        TimeSpan up = source.System.Clock.Now - Instant.Zero;
        TimeSpan idle = source.IdleTime < up ? source.IdleTime : up;
        string times = $"0 0 {Ticks(up - idle)} {Ticks(idle)} 0 0 0 0 0 0";
        IReadOnlyList<InterruptInformation> interrupts = source.System.Interrupts();
        IReadOnlyList<TaskInformation> tasks = source.System.Tasks();
        text.Line($"cpu  {times}");
        text.Line($"cpu0 {times}");
        text.Line($"intr {interrupts.Sum(static interrupt => interrupt.Count)}");
        text.Line($"ctxt {source.ContextSwitches}");
        text.Line($"btime {(source.System.Clock.UtcNow - up).ToUnixTimeSeconds()}");
        text.Line($"procs_running {Math.Max(1, tasks.Count(ProcessFiles.IsRunning))}");
        text.Line("procs_blocked 0");
    }

    private static string Seconds(TimeSpan time) => $"{(long)time.TotalSeconds}.{time.Milliseconds / 10:00}";

    private static long Ticks(TimeSpan time) => time.Ticks / (TimeSpan.TicksPerSecond / TicksPerSecond);
}
