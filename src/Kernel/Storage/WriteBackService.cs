using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Storage;

/// <summary>Writes back what has changed on the mounted file systems: every few seconds in a task of its own, and before the machine is switched off.</summary>
internal sealed class WriteBackService
{
    /// <summary>How old a change gets before it is written.</summary>
    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(5);

    /// <summary>How often the task looks; with the age, what a power cut may cost.</summary>
    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private readonly VirtualFileSystem _vfs;
    private Errno _lastError;

    public WriteBackService(VirtualFileSystem vfs) => _vfs = vfs;

    /// <summary>Starts the task.</summary>
    public void Start() => ServiceThread.Start("writeback", Scheduler.NormalPriority, Serve);

    /// <summary>Writes everything back for the last time, and leaves the disks as ones that need no check.</summary>
    public void Finish()
    {
        Errno error = _vfs.Settle();
        if (error != Errno.Success)
        {
            Log.Error($"files: not everything could be written back: {error.Describe()}");
        }
    }

    private void Serve()
    {
        while (true)
        {
            _ = KernelTask.Sleep(KernelClock.Instance.Now + s_period);
            Errno error = _vfs.WriteBackOld(s_age);

            // One line for a disk that has failed, not one every few seconds.
            if (error != Errno.Success && error != _lastError)
            {
                Log.Error($"files: write-back: {error.Describe()}");
            }

            _lastError = error;
        }
    }
}
