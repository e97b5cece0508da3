using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>The system calls that tell who is asking and where: uname, the user's identity, the umask, usage; and the end of a program.</summary>
internal sealed class IdentityCalls
{
    private const ulong FieldBytes = 65;
    private const ulong UsageBytes = 144;

    private readonly KernelSystem _system;

    public IdentityCalls(KernelSystem system) => _system = system;

    /// <summary>Serves the call if it is one of these.</summary>
    public bool TryServe(in CallArguments call, out long result)
    {
        result = 0;
        switch (call.Number)
        {
            case Linux.Getuid or Linux.Getgid or Linux.Geteuid or Linux.Getegid or Linux.Getppid:
                return true;
            case Linux.Umask:
                result = (long)FileCreationMask.Exchange((InodeMode)(call.A & (ulong)InodeMode.AllForAll));
                return true;
            case Linux.Uname:
                result = Uname(call.A);
                return true;
            case Linux.Getrusage:
                result = Usage(call.B);
                return true;
            case Linux.ExitGroup:
                Exit((int)call.A);
                return true;
            default:
                return false;
        }
    }

    private long Uname(ulong address)
    {
        SystemIdentity identity = _system.Identity;
        string[] fields = [identity.SystemName, identity.HostName, identity.Release, identity.Version, identity.Machine, string.Empty];
        for (int i = 0; i < fields.Length; i++)
        {
            string field = fields[i].Length < (int)FieldBytes ? fields[i] : fields[i][..((int)FieldBytes - 1)];
            if (!UserMemory.TryWriteText(address + ((ulong)i * FieldBytes), FieldBytes, field))
            {
                return -(long)Errno.EFAULT;
            }
        }

        return 0;
    }

    private static long Usage(ulong address)
    {
        if (!UserMemory.TryWrite(address, UsageBytes, out Span<byte> memory))
        {
            return -(long)Errno.EFAULT;
        }

        memory.Clear();
        TimeSpan used = TimeSpan.FromTicks((Tsc.Nanoseconds() - Scheduler.IdleTime) / TimeSpan.NanosecondsPerTick);
        BitConverter.TryWriteBytes(memory, (long)used.TotalSeconds);
        BitConverter.TryWriteBytes(memory[8..], used.Ticks % TimeSpan.TicksPerSecond / TimeSpan.TicksPerMicrosecond);
        return 0;
    }

    /// <summary>Environment.Exit ends the calling job. From the kernel itself it is the end of the machine.</summary>
    private static void Exit(int status)
    {
        if (Job.Current is { IsConsoleShell: false } job)
        {
            job.ExitFromNative(status);
        }

        Gateway.Stop("the runtime has ended"u8);
    }
}
