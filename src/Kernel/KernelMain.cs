using System.Runtime.ExceptionServices;
using KernelSockets.Kernel.Devices;
using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Kernel.Syscalls;
using KernelSockets.Kernel.Tasks;
using KernelSockets.UserApps;

namespace KernelSockets.Kernel;

/// <summary>The managed kernel's start: the runtime is up, and nothing else is. Brings up console, devices, network and shell.</summary>
internal static class KernelMain
{
    private static int Main()
    {
        Thread.CurrentThread.Name = "main";
        SystemCallTable.Initialize();
        ExceptionHandling.SetUnhandledExceptionHandler(HandleUnhandled);
        KernelOptions options = KernelOptions.Read();
        ConsoleService console = new(options);
        JobTable jobs = new(console.Terminal);
        console.Terminal.Interrupted = jobs.InterruptForeground;
        ConsoleRouter.Install(console.Terminal);
        Pci pci = new();
        pci.Scan();
        KernelSystem system = new(options, console, jobs, pci);
        NetworkService network = NetworkService.Create(pci, system.Memory());
        system.Attach(network);
        console.Start();
        network.Start();
        Configure(system, options);
        return RunShell(system, options);
    }

    private static void Configure(KernelSystem system, KernelOptions options)
    {
        foreach (string complaint in options.Complaints)
        {
            Log.Warning($"options: {complaint}");
        }

        InterfaceInformation? card = system.Network.Interfaces().FirstOrDefault(static i => !i.IsLoopback);
        if (card is null || options.UsesDhcp)
        {
            return;
        }

        Errno error = system.Network.SetAddress(card.Name, options.Address, options.PrefixLength);
        if (error != Errno.Success)
        {
            Log.Error($"options: ip={options.Address}/{options.PrefixLength}: {error.Describe()}");
        }

        error = options.Gateway.IsAny ? Errno.Success : system.Network.SetGateway(options.Gateway);
        if (error != Errno.Success)
        {
            Log.Error($"options: gw={options.Gateway}: {error.Describe()}");
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
