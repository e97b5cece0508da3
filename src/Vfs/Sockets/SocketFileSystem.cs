using System.Runtime.InteropServices;
using KernelSockets.Sockets;

namespace KernelSockets.Vfs.Sockets;

/// <summary>
/// The file system that sockets live in (the seed's FS_TYPE_SOCKET): a socket is an inode without a name, and what is done to its descriptor goes to
/// the operations of its module.
/// </summary>
/// <remarks>Called by system calls, from tasks. Has no lock: modules lock inside, and a socket is closed by the last release of its open file.</remarks>
public sealed class SocketFileSystem : FileSystemOps
{
    private readonly Clock _clock;
    private readonly SuperBlock _superBlock;
    private long _lastNumber;

    /// <summary>The sockets of a machine.</summary>
    /// <param name="clock">Stamps the times.</param>
    /// <param name="device">The number that st_dev tells for sockets.</param>
    public SocketFileSystem(Clock clock, DeviceNumber device)
    {
        _clock = clock;
        _superBlock = new SuperBlock(this, device);
    }

    /// <summary>The modules; filled at start-up.</summary>
    public SocketOpsTable Modules { get; } = new();

    /// <summary>What the interface, route and ARP requests of ioctl act on; null before the network is up.</summary>
    public INetworkControl? Network { get; set; }

    /// <summary>Sockets that are open.</summary>
    public int Count => _superBlock.ActiveInodes;

    /// <inheritdoc/>
    public override FileSystemType Type => FileSystemType.Socket;

    /// <inheritdoc/>
    public override string Name => "sockfs";

    /// <summary>socket.</summary>
    /// <param name="domain">Linux's address family.</param>
    /// <param name="kind">Second argument of socket(2), flags included.</param>
    /// <param name="protocol">Third argument.</param>
    /// <param name="job">Who asks.</param>
    /// <param name="file">The open socket with one reference, the caller's; null on failure.</param>
    /// <returns>As <see cref="SocketSelection.TrySelect"/>, or what the module says.</returns>
    public Errno TryCreate(int domain, int kind, int protocol, int job, out OpenFile? file)
    {
        file = null;
        Errno error = SocketSelection.TrySelect(domain, kind, protocol, out SocketSelection selection);
        if (error != Errno.Success)
        {
            return error;
        }

        if (Modules.Find(selection.Type) is not { } module)
        {
            return selection.Family == AddressFamily.Packet ? Errno.EAFNOSUPPORT : Errno.EPROTONOSUPPORT;
        }

        Socket socket = new(module, selection.Family, selection.Kind, selection.Protocol);
        Inode inode = MakeInode(socket, job);
        error = module.Create(socket);
        if (error == Errno.Success)
        {
            error = TryOpen(inode, socket, selection.Flags, out file);
        }

        inode.Release();
        return error;
    }

    /// <summary>accept: gives a connection that a module has accepted its inode and open file.</summary>
    /// <param name="socket">The connection; closed on failure.</param>
    /// <param name="flags">O_NONBLOCK or none.</param>
    /// <param name="job">Who asks.</param>
    /// <param name="file">The open socket with one reference, the caller's; null on failure.</param>
    public Errno TryWrap(Socket socket, OpenFlags flags, int job, out OpenFile? file)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Inode inode = MakeInode(socket, job);
        Errno error = TryOpen(inode, socket, flags, out file);
        inode.Release();
        return error;
    }

    /// <summary>The socket behind an open file; null for other files.</summary>
    public static Socket? Find(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.State as Socket;
    }

    /// <summary>The flags of a transfer on an open file: those of the call, and MSG_DONTWAIT for O_NONBLOCK.</summary>
    public static MessageFlags FlagsOf(OpenFile file, MessageFlags flags)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.IsNonBlocking ? flags | MessageFlags.DoNotWait : flags;
    }

    /// <summary>read: recv without flags; 0 bytes read nothing and do not wait.</summary>
    public override IoResult Read(OpenFile file, Span<byte> data, ref long position) => Read(file, new IoVector(data));

    /// <summary>readv.</summary>
    public static IoResult Read(OpenFile file, IoVector data)
    {
        if (data.Length == 0)
        {
            return IoResult.Ok(0);
        }

        Socket socket = Find(file)!;
        SocketMessage message = new(data);
        return socket.Operations.ReceiveMessage(socket, ref message, FlagsOf(file, MessageFlags.None));
    }

    /// <inheritdoc/>
    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data, ref long position) => Write(file, new IoVector(AsSource(data)));

    /// <summary>writev: one message.</summary>
    public static IoResult Write(OpenFile file, IoVector data)
    {
        Socket socket = Find(file)!;
        SocketMessage message = new(data);
        return socket.Operations.SendMessage(socket, message, FlagsOf(file, MessageFlags.None));
    }

    /// <summary>Data to send, in the type that vectors have for both directions; modules do not write to it.</summary>
    public static Span<byte> AsSource(ReadOnlySpan<byte> data) => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(data), data.Length);

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, PollListener? listener)
    {
        Socket socket = Find(file)!;
        return socket.Operations.Poll(socket, listener);
    }

    /// <inheritdoc/>
    public override IoResult Ioctl(OpenFile file, uint request, long argument, Span<byte> data)
    {
        Socket socket = Find(file)!;
        if (Network is not null && InterfaceRequests.TryServe(Network, request, data, out Errno error))
        {
            return error;
        }

        return socket.Operations.Ioctl(socket, request, data);
    }

    /// <inheritdoc/>
    public override void OnRelease(OpenFile file)
    {
        Socket socket = Find(file)!;
        socket.Operations.Close(socket);
    }

    private Inode MakeInode(Socket socket, int job)
    {
        DateTimeOffset now = _clock.UtcNow;
        Inode inode = new(_superBlock, (ulong)Interlocked.Increment(ref _lastNumber), InodeMode.Socket | InodeMode.AllForAll)
        {
            Attachment = socket,
            AccessTime = now,
            ModificationTime = now,
            ChangeTime = now,
        };
        socket.InodeNumber = inode.Number;
        socket.OwnerJob = job;
        return inode;
    }

    private Errno TryOpen(Inode inode, Socket socket, OpenFlags flags, out OpenFile? file)
    {
        Errno error = OpenFile.TryOpen(inode, this, OpenFlags.ReadWrite | (flags & OpenFlags.NonBlocking), out file);
        if (error == Errno.Success)
        {
            file!.State = socket;
        }
        else
        {
            socket.Operations.Close(socket);
        }

        return error;
    }
}
