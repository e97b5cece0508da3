using System.Runtime.ExceptionServices;
using KernelSockets.Kernel.Devices;
using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Kernel.Network;
using KernelSockets.Kernel.Syscalls;
using KernelSockets.Kernel.Tasks;
using KernelSockets.UserApps;
using KernelSockets.Vfs;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.Kernel;

/// <summary>The managed kernel's start: the runtime is up, and nothing else is. Brings up console, devices, network and shell.</summary>
internal static class KernelMain
{
    private static int Main()
    {
        Thread.CurrentThread.Name = "main";
        ExceptionHandling.SetUnhandledExceptionHandler(HandleUnhandled);
        KernelOptions options = KernelOptions.Read();
        Pci pci = new();
        pci.Scan();
        NetworkService network = NetworkService.Create(pci, KernelSystem.ReadMemory(null), options.HostName);
        ConsoleService console = new(options);
        VirtualFileSystem vfs = new(KernelClock.Instance, new KernelEntropy(), new KernelWaitQueueFactory());
        JobTable jobs = new(vfs, OpenConsole(vfs, console));
        console.Terminal.Interrupted = jobs.InterruptForeground;
        ConsoleRouter.Install(vfs.Files);
        KernelSystem system = new(options, console, jobs, pci);
        network.Connect(vfs.Sockets);
        SystemCallTable.Install(vfs, system);
        system.Attach(network);
        console.Start();
        network.Start();
        SocketEngine.Start();
        Complain(options);
        new AddressService(network.Control, network.Dhcp, vfs, options).Start();
        return RunShell(system, options);
    }

    /// <summary>Makes /dev/console and /dev/tty, and opens the console as the kernel's own descriptors 0, 1 and 2.</summary>
    private static OpenFile OpenConsole(VirtualFileSystem vfs, ConsoleService console)
    {
        OpenFile? file = null;
        Errno error = vfs.AddDevice(new DeviceNumber(5, 1), new TerminalDevice(console.Terminal, "console"));
        error = error == Errno.Success ? vfs.AddDevice(new DeviceNumber(5, 0), new TerminalDevice(console.Terminal, "tty")) : error;
        error = error == Errno.Success ? vfs.TryOpen(vfs.Root, "/dev/console"u8, OpenFlags.ReadWrite, default, out file) : error;
        error = error == Errno.Success ? vfs.Files.AddJob(ConsoleRouter.KernelJob, file, file, file) : error;
        if (error != Errno.Success)
        {
            throw new InvalidOperationException($"the console cannot be opened: {error}");
        }

        return file!;
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
        Shell shell = new(system, AppTable.Create(system), new ShellOptions { CurrentDirectory = static () => "/", IsConsole = true });
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
        if (job is null)
        {
            return false;
        }

        job.Fail(exception);
        return true;
    }
}
