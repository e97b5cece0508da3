using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Tasks;

/// <summary>Starts the kernel's own tasks.</summary>
internal static class ServiceThread
{
    /// <summary>Runs a service on a thread of its own. A service does not end; an exception in it is a broken kernel, and so a panic.</summary>
    public static void Start(string name, int priority, Action service)
    {
        Thread thread = new(() =>
        {
            Gateway.SetPriority(priority);
            service();
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.UnsafeStart();
    }
}
