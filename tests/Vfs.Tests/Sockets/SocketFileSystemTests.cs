using KernelSockets.Sockets;
using KernelSockets.Vfs.Sockets;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests.Sockets;

public sealed class SocketFileSystemTests
{
    private const int Job = Fixture.Job;
    private const int NonBlocking = 0x800;

    private readonly Fixture _files = new();
    private readonly FakeSocketOps _udp = new(SocketType.Udp);

    public SocketFileSystemTests()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Sockets.Modules.Register(_udp));
        Assert.Equal(Errno.Success, _files.Vfs.Sockets.Modules.Register(new FakeSocketOps(SocketType.Packet)));
        Assert.Equal(Errno.Success, _files.Vfs.Sockets.Modules.Register(new FakeSocketOps(SocketType.Raw)));
    }

    [Theory]
    [InlineData(2, 2, 0, Errno.Success)]
    [InlineData(2, 2, 17, Errno.Success)]
    [InlineData(2, 3, 1, Errno.Success)]
    [InlineData(17, 3, 0x300, Errno.Success)]
    [InlineData(17, 2, 0, Errno.Success)]
    [InlineData(2, 1, 0, Errno.EPROTONOSUPPORT)] // no module for TCP here
    [InlineData(2, 1, 17, Errno.EPROTONOSUPPORT)]
    [InlineData(2, 2, 6, Errno.EPROTONOSUPPORT)]
    [InlineData(2, 2, 300, Errno.EINVAL)]
    [InlineData(2, 2, -1, Errno.EINVAL)]
    [InlineData(2, 0, 0, Errno.ESOCKTNOSUPPORT)]
    [InlineData(2, 5, 0, Errno.ESOCKTNOSUPPORT)]
    [InlineData(2, 11, 0, Errno.EINVAL)]
    [InlineData(2, 0x1002, 0, Errno.EINVAL)]
    [InlineData(17, 1, 0, Errno.ESOCKTNOSUPPORT)]
    [InlineData(0, 2, 0, Errno.EAFNOSUPPORT)]
    [InlineData(1, 1, 0, Errno.EAFNOSUPPORT)]
    [InlineData(10, 2, 0, Errno.EAFNOSUPPORT)]
    [InlineData(16, 3, 0, Errno.EAFNOSUPPORT)]
    [InlineData(46, 2, 0, Errno.EAFNOSUPPORT)]
    [InlineData(-1, 99, 0, Errno.EINVAL)]
    public void Socket_ByItsArguments_AnswersAsLinux(int domain, int kind, int protocol, Errno expected)
    {
        Assert.Equal(expected, _files.Vfs.Sockets.TryCreate(domain, kind, protocol, Job, out OpenFile? file));
        Assert.Equal(expected == Errno.Success, file is not null);
        file?.Release();
        Assert.Equal(0, _udp.Open);
    }

    [Fact]
    public void Socket_IsAFile_ReadAndWrittenAndClosedByItsModule()
    {
        OpenFile file = Create(NonBlocking);
        Assert.Equal(Errno.Success, file.Inode.Operations.Stat(file.Inode, out FileStat stat));
        Assert.Equal(InodeMode.Socket | InodeMode.AllForAll, stat.Mode);
        Socket socket = SocketFileSystem.Find(file)!;
        Assert.Equal((Job, stat.InodeNumber), (socket.OwnerJob, socket.InodeNumber));

        byte[] buffer = new byte[8];
        Assert.Equal((IoResult)Errno.EAGAIN, file.Read(buffer));
        Assert.Equal(MessageFlags.DoNotWait, _udp.LastFlags);
        Assert.Equal(IoResult.Ok(0), file.Read([]));
        Assert.Equal(IoResult.Ok(3), file.Write([1, 2, 3]));
        Assert.Equal(PollEvents.In, file.Poll(PollEvents.In, null));
        Assert.Equal(IoResult.Ok(3), file.Read(buffer));
        Assert.Equal([1, 2, 3], buffer[..3]);
        Assert.Equal((IoResult)Errno.ESPIPE, file.ReadAt(buffer, 0));
        Assert.Equal(Errno.ESPIPE, file.Seek(0, SeekOrigin.Begin, out _));

        file.Hold();
        file.Release();
        Assert.Equal(1, _udp.Open);
        file.Release();
        Assert.Equal(0, _udp.Open);
        Assert.Equal(0, _files.Vfs.Sockets.Count);
    }

    [Fact]
    public void Inodes_AreUnique() => Assert.NotEqual(Create(0).Inode.Number, Create(0).Inode.Number);

    [Fact]
    public void ModuleThatRefuses_LeavesNothing()
    {
        _udp.CreateResult = Errno.ENOBUFS;
        Assert.Equal(Errno.ENOBUFS, _files.Vfs.Sockets.TryCreate(2, 2, 0, Job, out OpenFile? file));
        Assert.Null(file);
        Assert.Equal(0, _files.Vfs.Sockets.Count);
    }

    [Fact]
    public void WhatASocketIs_IsToldAndNotSet()
    {
        Socket socket = SocketFileSystem.Find(Create(0))!;
        byte[] value = new byte[8];
        Assert.Equal(IoResult.Ok(4), SocketOptions.Get(socket, 1, 3, value));
        Assert.Equal(2, BitConverter.ToInt32(value));
        Assert.Equal(IoResult.Ok(2), SocketOptions.Get(socket, 1, 38, value.AsSpan(0, 2)));
        Assert.Equal(17, BitConverter.ToInt16(value));
        Assert.Equal((IoResult)Errno.ENOPROTOOPT, SocketOptions.Get(socket, 1, 9999, value));
        Assert.Equal(Errno.ENOPROTOOPT, SocketOptions.Set(socket, 1, 3, value));
    }

    [Fact]
    public void Addresses_AreReadAsEachCallReadsThem()
    {
        Socket inet = SocketFileSystem.Find(Create(0))!;
        byte[] bytes = new byte[SocketAddressFormat.MaxSize];
        int length = SocketAddressFormat.Write(SocketAddress.Inet(Ipv4Address.Loopback, 7), isMessageName: false, bytes);
        Assert.Equal([2, 0, 0, 7, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], bytes[..length]);
        Assert.Equal(Errno.Success, SocketAddressFormat.TryReadLocal(inet, bytes.AsSpan(0, length), out SocketAddress address));
        Assert.Equal(SocketAddress.Inet(Ipv4Address.Loopback, 7), address);
        Assert.Equal(Errno.EINVAL, SocketAddressFormat.TryReadLocal(inet, bytes.AsSpan(0, 15), out _));
        Assert.Equal(Errno.EINVAL, SocketAddressFormat.TryReadPeer(inet, bytes.AsSpan(0, 1), out _));

        bytes[0] = 0;
        Assert.Equal(Errno.EAFNOSUPPORT, SocketAddressFormat.TryReadLocal(inet, bytes.AsSpan(0, 16), out _));
        Assert.Equal(Errno.Success, SocketAddressFormat.TryReadPeer(inet, bytes.AsSpan(0, 2), out address));
        Assert.Equal(AddressFamily.Unspecified, address.Family);
        Assert.Equal(Errno.Success, SocketAddressFormat.TryReadDestination(inet, bytes.AsSpan(0, 16), out _));

        bytes[0] = 10;
        Assert.Equal(Errno.EAFNOSUPPORT, SocketAddressFormat.TryReadLocal(inet, bytes.AsSpan(0, 16), out _));
        Assert.Equal(Errno.EAFNOSUPPORT, SocketAddressFormat.TryReadPeer(inet, bytes.AsSpan(0, 16), out _));
        Assert.Equal(Errno.EAFNOSUPPORT, SocketAddressFormat.TryReadDestination(inet, bytes.AsSpan(0, 16), out _));
    }

    [Fact]
    public void PacketAddress_Survives()
    {
        Assert.Equal(Errno.Success, _files.Vfs.Sockets.TryCreate(17, 3, 0x300, Job, out OpenFile? file));
        Socket socket = SocketFileSystem.Find(file!)!;
        Assert.Equal(3, socket.Protocol);
        SocketAddress address = new(AddressFamily.Packet)
        {
            Protocol = 0x0806,
            InterfaceIndex = 2,
            HardwareType = 1,
            PacketType = PacketType.Broadcast,
            HasHardwareAddress = true,
            HardwareAddress = MacAddress.Broadcast,
        };
        byte[] bytes = new byte[SocketAddressFormat.MaxSize];
        Assert.Equal(18, SocketAddressFormat.Write(address, isMessageName: false, bytes));
        Assert.Equal(20, SocketAddressFormat.Write(address, isMessageName: true, bytes));
        Assert.Equal(Errno.Success, SocketAddressFormat.TryReadLocal(socket, bytes.AsSpan(0, 20), out SocketAddress read));
        Assert.Equal(address, read);
        Assert.Equal(Errno.EINVAL, SocketAddressFormat.TryReadLocal(socket, bytes.AsSpan(0, 18), out _));
    }

    private OpenFile Create(int flags)
    {
        Assert.Equal(Errno.Success, _files.Vfs.Sockets.TryCreate(2, 2 | flags, 0, Job, out OpenFile? file));
        return file!;
    }
}
