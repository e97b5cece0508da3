using System.Runtime.ExceptionServices;
using KernelSockets.Kernel.Devices;
using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Kernel.Memory;
using KernelSockets.Kernel.Network;
using KernelSockets.Kernel.Proc;
using KernelSockets.Kernel.Storage;
using KernelSockets.Kernel.Syscalls;
using KernelSockets.Kernel.Tasks;
using KernelSockets.UserApps;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.Kernel;

/// <summary>The managed kernel's start: the runtime is up, and nothing else is. Brings up console, devices, network and shell.</summary>
internal static class KernelMain
{
    /// <summary>Commands to run at start-up, before the first prompt.</summary>
    private const string StartUpScript = "/etc/rc";

    private static int Main()
    {
        Thread.CurrentThread.Name = "main";
        ExceptionHandling.SetUnhandledExceptionHandler(HandleUnhandled);
        KernelOptions options = KernelOptions.Read();
        Pci pci = new();
        pci.Scan();
        MemoryStatistics memory = KernelSystem.ReadMemory(null);
        NetworkService network = NetworkService.Create(pci, memory, options.HostName);
        CollectorWarmUp.Run(); // while the card takes its time
        ConsoleService console = new(options);
        VirtualFileSystem vfs = new(KernelClock.Instance, new KernelEntropy(), new KernelWaitQueueFactory(), RememberedNames(memory)) { BlockCacheBytes = CacheBytes(memory) };
        vfs.Warn = Log.Warning;
        DiskService.Start(pci, vfs);
        RootFileSystem.Mount(vfs, options.Root);
        WriteBackService writeBack = new(vfs);
        JobTable jobs = new(vfs, console.Terminal);
        OpenConsole(vfs, console, jobs);
        ConsoleRouter.Install(vfs.Files);
        KernelSystem system = new(options, jobs, pci, vfs, writeBack);
        network.Connect(vfs.Sockets);
        SystemCallTable.Install(vfs, system);
        system.Attach(network);
        KernelProcSource.Mount(vfs, system, jobs, options);
        console.Start();
        network.Start();
        writeBack.Start();
        SharedThreads.Start();
        Complain(options);
        new AddressService(network.Control, network.Dhcp, vfs, options).Start();
        jobs.AdoptShell();
        return RunShell(system, options);
    }

    /// <summary>Makes /dev/console, /dev/tty and /dev/ttyS0, and opens the console as the kernel's own descriptors 0, 1 and 2.</summary>
    private static void OpenConsole(VirtualFileSystem vfs, ConsoleService console, JobTable jobs)
    {
        OpenFile? file = null;
        Errno error = vfs.AddDevice(new DeviceNumber(5, 1), new TerminalDevice(console.Terminal, "console"));
        error = error == Errno.Success ? vfs.AddDevice(new DeviceNumber(5, 0), new TerminalDevice(() => jobs.Terminal, "tty")) : error;
        error = error == Errno.Success && console.SerialOutput is { } serial
            ? vfs.AddDevice(DeviceNumbers.Serial, new TerminalDevice(console.Terminal, "ttyS0", serial))
            : error;
        error = error == Errno.Success ? vfs.TryOpen(vfs.Root, "/dev/console"u8, OpenFlags.ReadWrite, default, out file) : error;
        error = error == Errno.Success ? vfs.Files.AddJob(ConsoleRouter.KernelJob, file, file, file) : error;
        if (error != Errno.Success)
        {
            throw new InvalidOperationException($"the console cannot be opened: {error}");
        }

        file!.Release();
    }

    /// <summary>What each mounted disk may hold of its blocks in memory: a quarter of the heap, which the other programs do not need at once.</summary>
    private static long CacheBytes(MemoryStatistics memory)
    {
        const long least = 256 << 10;
        const long most = 64 << 20;
        return Math.Clamp(memory.HeapLimit / 4, least, most);
    }

    /// <summary>Names that are remembered with their inodes: they may take an eighth of the heap.</summary>
    private static int RememberedNames(MemoryStatistics memory)
    {
        const long least = 256;
        const long most = 1 << 16;
        return (int)Math.Clamp(memory.HeapLimit / 8 / VirtualFileSystem.BytesPerName, least, most);
    }

    private static void Complain(KernelOptions options)
    {
        foreach (string complaint in options.Complaints)
        {
            Log.Warning($"options: {complaint}");
        }
    }

    private static int RunShell(KernelSystem system, KernelOptions options)
    {
        Shell shell = new(system, AppTable.Create(system), new ShellOptions { CurrentDirectory = () => system.Jobs.CurrentDirectory, IsConsole = true });
        shell.RunFileIfThere(StartUpScript);
        if (options.Script.Length > 0)
        {
            shell.RunScript(options.Script);
        }

        while (true)
        {
            shell.Run();
        }
    }

    /// <summary>An exception has left a thread: it ends the thread's job. In a kernel task it ends the machine.</summary>
    private static bool HandleUnhandled(Exception exception)
    {
        Job? job = Job.Current;
        if (job is null or { IsConsoleShell: true })
        {
            return false;
        }

        job.Fail(exception);
        return true;
    }
}
