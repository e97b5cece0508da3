using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Kernel.Tasks;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Syscalls;

/// <summary>
/// The system calls that managed code serves: files, and whatever else is above the nucleus. They arrive on the calling thread, which has left managed code through
/// a P/Invoke into libc; to the runtime this is a call back.
/// </summary>
internal sealed unsafe class SystemCallTable
{
    private static SystemCallTable? s_instance;

    private readonly FileCalls _files;
    private readonly NameCalls _names;
    private readonly TreeCalls _tree;
    private readonly AttributeCalls _attributes;
    private readonly ExtendedAttributeCalls _extendedAttributes;
    private readonly LockCalls _locks;
    private readonly MountCalls _mounts;
    private readonly SpaceCalls _space;
    private readonly PollCalls _poll;
    private readonly SelectCalls _select;
    private readonly EventCalls _events;
    private readonly SocketCalls _sockets;
    private readonly MessageCalls _messages;
    private readonly IdentityCalls _identity;

    private SystemCallTable(VirtualFileSystem vfs, KernelSystem system)
    {
        _files = new FileCalls(vfs);
        _names = new NameCalls(vfs);
        _tree = new TreeCalls(vfs);
        _attributes = new AttributeCalls(vfs);
        _extendedAttributes = new ExtendedAttributeCalls(vfs);
        _locks = new LockCalls(vfs);
        _mounts = new MountCalls(vfs);
        _space = new SpaceCalls(vfs);
        _poll = new PollCalls(vfs);
        _select = new SelectCalls(vfs);
        _events = new EventCalls(vfs);
        _sockets = new SocketCalls(vfs);
        _messages = new MessageCalls(vfs);
        _identity = new IdentityCalls(system);
    }

    /// <summary>Takes over all calls that the nucleus does not serve itself.</summary>
    public static void Install(VirtualFileSystem vfs, KernelSystem system)
    {
        // In managed code the runtime's record of where the thread left it is empty; in a P/Invoke it is not. If either does not hold, this
        // is not the runtime that Boot/cpu.s was written for.
        if (SystemCalls.TransitionFrame() != 0 || TransitionFrameInCall() == 0)
        {
            Gateway.Stop("the runtime keeps its thread state elsewhere: see Boot/cpu.s"u8);
        }

        s_instance = new SystemCallTable(vfs, system);
        SystemCalls.TrustMode();
        SystemCalls.SetManagedHandler(&Serve);
    }

    [UnmanagedCallersOnly]
    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "An exception must not leave a system call; the caller is native code.")]
    private static long Serve(TrapFrame* frame)
    {
        try
        {
            Job? current = Job.Current;
            int job = current?.Id ?? ConsoleRouter.KernelJob;
            CallArguments call = new(frame->Rax, frame->Rdi, frame->Rsi, frame->Rdx, frame->R10, frame->R8, frame->R9, job);
            long result = s_instance!.Dispatch(call);
            if (result == -(long)Errno.EPIPE && current is not null && call.Number is Linux.Write or Linux.Writev)
            {
                result = -(long)current.OnBrokenPipe((int)call.A);
            }

            // The class library makes an interrupted call again, for ever; a job that was told to end is to hear that there is no point.
            bool isHopeless = result == -(long)Errno.EINTR && current is { IsInterrupted: true };
            return isHopeless ? -(long)Errno.ECANCELED : result;
        }
        catch (ThreadInterruptedException)
        {
            // It struck in a lock of the kernel's; the program is to meet it in its own next wait.
            Thread.CurrentThread.Interrupt();
            return -(long)Errno.EINTR;
        }
        catch (OutOfMemoryException)
        {
            return -(long)Errno.ENOMEM;
        }
        catch (Exception e)
        {
            Log.Error($"system call {frame->Rax}: {e}");
            return -(long)Errno.EIO;
        }
    }

    [DllImport("*", EntryPoint = "thread_transition_frame")]
    private static extern ulong TransitionFrameInCall();

    private long Dispatch(in CallArguments call)
    {
        if (_files.TryServe(call, out long result) || _names.TryServe(call, out result) || _poll.TryServe(call, out result)
            || _messages.TryServe(call, out result) || _sockets.TryServe(call, out result) || _events.TryServe(call, out result) || _select.TryServe(call, out result)
            || _identity.TryServe(call, out result) || _tree.TryServe(call, out result) || _attributes.TryServe(call, out result) || _locks.TryServe(call, out result)
            || _space.TryServe(call, out result) || _mounts.TryServe(call, out result) || _extendedAttributes.TryServe(call, out result))
        {
            return result;
        }

        return -(long)Errno.ENOSYS;
    }
}
