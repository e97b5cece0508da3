using System.Runtime.InteropServices;
using System.Text;

namespace KernelSockets.Vfs.Tests.Support;

/// <summary>Ends of a pipe or FIFO of the host's Linux, as the oracle: never blocking.</summary>
internal sealed class HostPipe : IDisposable
{
    private const int SetPipeSize = 1031;
    private const int GetPipeSize = 1032;
    private const int FileReady = 0x541B; // FIONREAD
    private const int Mode = 0x1A4;

    private readonly string _folder = Directory.CreateTempSubdirectory("pipe-oracle-").FullName;
    private readonly List<int> _ends = [];
    private readonly int _epoll = NativeMethods.epoll_create1((int)OpenFlags.CloseOnExec);
    private ulong _lastTag;

    /// <summary>Makes the FIFO that <see cref="Open"/> opens.</summary>
    public HostPipe() => Assert.Equal(0, NativeMethods.mkfifo(Path, Mode));

    private byte[] Path => Encoding.UTF8.GetBytes(_folder + "/fifo\0");

    /// <summary>Opens one more end of the FIFO.</summary>
    public Errno Open(OpenFlags flags)
    {
        int fd = NativeMethods.open(Path, (int)(flags | OpenFlags.CloseOnExec), 0);
        if (fd >= 0)
        {
            Add(fd);
        }

        return fd >= 0 ? Errno.Success : LastError;
    }

    /// <summary>Makes a pipe without a name: two ends, the reading one first.</summary>
    public void OpenPair()
    {
        int[] ends = new int[2];
        Assert.Equal(0, NativeMethods.pipe2(ends, (int)(OpenFlags.NonBlocking | OpenFlags.CloseOnExec)));
        Array.ForEach(ends, Add);
    }

    /// <summary>What edge-triggered epoll tells of the ends since the last call, in the order of their opening: which (from 1) and what.</summary>
    public List<(ulong End, PollEvents Events)> Edges()
    {
        const int most = 16;
        byte[] events = new byte[most * EpollEvent.Size];
        int count = NativeMethods.epoll_wait(_epoll, events, most, 0);
        Assert.InRange(count, 0, most - 1);
        return EpollEvent.Read(events.AsSpan(0, count * EpollEvent.Size));
    }

    private void Add(int fd)
    {
        _ends.Add(fd);
        Assert.Equal(0, NativeMethods.epoll_ctl(_epoll, EpollEvent.Add, fd, EpollEvent.Write(++_lastTag)));
    }

    public IoResult Read(int end, byte[] data) => Outcome(NativeMethods.read(_ends[end], data, (nuint)data.Length));

    public IoResult Write(int end, byte[] data) => Outcome(NativeMethods.write(_ends[end], data, (nuint)data.Length));

    public PollEvents Poll(int end, PollEvents wanted)
    {
        PollEntry[] entries = [new() { Descriptor = _ends[end], Events = (short)wanted }];
        Assert.InRange(NativeMethods.poll(entries, 1, 0), 0, 1);
        return (PollEvents)entries[0].Returned;
    }

    public IoResult Available(int end)
    {
        int count = -1;
        return NativeMethods.ioctl(_ends[end], FileReady, ref count) == 0 ? IoResult.Ok(count) : LastError;
    }

    public IoResult Resize(int end, int size) => Outcome(NativeMethods.fcntl(_ends[end], SetPipeSize, size));

    public IoResult Size(int end) => Outcome(NativeMethods.fcntl(_ends[end], GetPipeSize, 0));

    public void Close(int end)
    {
        Assert.Equal(0, NativeMethods.close(_ends[end]));
        _ends.RemoveAt(end);
    }

    public void Dispose()
    {
        while (_ends.Count > 0)
        {
            Close(0);
        }

        Assert.Equal(0, NativeMethods.close(_epoll));
        Directory.Delete(_folder, recursive: true);
    }

    private static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    private static IoResult Outcome(nint result) => result >= 0 ? IoResult.Ok((int)result) : LastError;

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    private static class NativeMethods
    {
        private const string Library = "libc";

#pragma warning disable IDE1006, SYSLIB1054, CA5392 // names of the C library; no source generator without unsafe code
        [DllImport(Library, SetLastError = true)]
        internal static extern int mkfifo(byte[] path, uint mode);

        [DllImport(Library, SetLastError = true)]
        internal static extern int open(byte[] path, int flags, uint mode);

        [DllImport(Library, SetLastError = true)]
        internal static extern int close(int fd);

        [DllImport(Library, SetLastError = true)]
        internal static extern int pipe2(int[] ends, int flags);

        [DllImport(Library, SetLastError = true)]
        internal static extern nint read(int fd, byte[] data, nuint count);

        [DllImport(Library, SetLastError = true)]
        internal static extern nint write(int fd, byte[] data, nuint count);

        [DllImport(Library, SetLastError = true)]
        internal static extern int poll([In, Out] PollEntry[] entries, nuint count, int timeout);

        [DllImport(Library, SetLastError = true)]
        internal static extern int ioctl(int fd, nuint request, ref int argument);

        [DllImport(Library, SetLastError = true)]
        internal static extern int fcntl(int fd, int command, int argument);

        [DllImport(Library, SetLastError = true)]
        internal static extern int epoll_create1(int flags);

        [DllImport(Library, SetLastError = true)]
        internal static extern int epoll_ctl(int epoll, int operation, int fd, byte[] settings);

        [DllImport(Library, SetLastError = true)]
        internal static extern int epoll_wait(int epoll, [Out] byte[] events, int most, int timeout);
#pragma warning restore IDE1006, SYSLIB1054, CA5392
    }
}
