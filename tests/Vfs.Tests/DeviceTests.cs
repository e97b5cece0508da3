using KernelSockets.Vfs.Dev;
using KernelSockets.Vfs.Tests.Support;

namespace KernelSockets.Vfs.Tests;

public sealed class DeviceTests
{
    private readonly Fixture _files = new();

    [Fact]
    public void Null_IsEmptyAndSwallows()
    {
        OpenFile file = _files.Open("/dev/null", OpenFlags.ReadWrite);
        Assert.Equal(IoResult.Ok(0), file.Read(new byte[10]));
        Assert.Equal(IoResult.Ok(10), file.Write(new byte[10]));
        Assert.Equal(Errno.Success, file.Seek(100, SeekOrigin.Begin, out long position));
        Assert.Equal(0, position);
        Assert.Equal(PollEvents.In | PollEvents.Out, file.Poll(PollEvents.In | PollEvents.Out, null));
        Assert.Equal((IoResult)Errno.ENOTTY, file.Ioctl(IoctlRequest.TerminalGetSettings, 0, new byte[36]));
        Assert.Equal(Errno.EINVAL, file.Operations.Sync(file, isDataOnly: false));
    }

    [Fact]
    public void ZeroAndFull_GiveZeros_AndFullHasNoRoom()
    {
        foreach (string path in new[] { "/dev/zero", "/dev/full" })
        {
            byte[] buffer = [1, 2, 3];
            OpenFile file = _files.Open(path, OpenFlags.ReadWrite);
            Assert.Equal(IoResult.Ok(3), file.Read(buffer));
            Assert.Equal(new byte[3], buffer);
            Assert.Equal(path == "/dev/full" ? Errno.ENOSPC : IoResult.Ok(3), file.Write(buffer));
            Assert.Equal(IoResult.Ok(3), file.ReadAt(buffer, 1000));
        }
    }

    [Fact]
    public void Random_ComesFromTheEntropySource()
    {
        byte[] expected = new byte[32];
        new SeededEntropy(7).Fill(expected);
        byte[] actual = new byte[32];
        Assert.Equal(IoResult.Ok(32), _files.Open("/dev/urandom").Read(actual));
        Assert.Equal(expected, actual);
        Assert.Equal(IoResult.Ok(1), _files.Open("/dev/random", OpenFlags.WriteOnly).Write(new byte[1]));
    }

    [Fact]
    public void Nodes_HaveTheirNumbers()
    {
        FileStat stat = _files.Stat("/dev/null");
        Assert.Equal(InodeMode.CharacterDevice | InodeMode.ReadWriteForAll, stat.Mode);
        Assert.Equal(new DeviceNumber(1, 3), stat.SpecialDevice);
        Assert.Equal(["fd", "full", "null", "random", "stderr", "stdin", "stdout", "urandom", "zero"], _files.List("/dev").Except([".", ".."]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void NodeWithoutADriver_IsENXIO_AnywhereInTheTree()
    {
        Assert.Equal(Errno.Success, _files.Vfs.MakeNode(_files.Root, "/tmp/none"u8, InodeMode.CharacterDevice, new DeviceNumber(77, 1)));
        Assert.Equal(Errno.ENXIO, _files.TryOpen("/tmp/none", OpenFlags.ReadOnly));
        Assert.Equal(Errno.Success, _files.Vfs.MakeNode(_files.Root, "/tmp/disk"u8, InodeMode.BlockDevice, new DeviceNumber(8, 0)));
        Assert.Equal(Errno.ENXIO, _files.TryOpen("/tmp/disk", OpenFlags.ReadOnly));
        Assert.Equal(Errno.Success, _files.Vfs.MakeNode(_files.Root, "/tmp/socket"u8, InodeMode.Socket, DeviceNumber.None));
        Assert.Equal(Errno.ENXIO, _files.TryOpen("/tmp/socket", OpenFlags.ReadOnly));
        Assert.Equal(Errno.Success, _files.Vfs.MakeNode(_files.Root, "/tmp/zero"u8, InodeMode.CharacterDevice, DeviceNumbers.Zero));
        Assert.Equal(IoResult.Ok(5), _files.Open("/tmp/zero").Read(new byte[5]));
    }

    [Fact]
    public void OwnDevice_IsOpenedServedAndReleased()
    {
        Recorder device = new();
        Assert.Equal(Errno.Success, _files.Vfs.AddDevice(DeviceNumbers.Console, device));
        Assert.Equal(Errno.Success, _files.Vfs.AddDevice(DeviceNumbers.Console, device, alias: "ttyS0"));
        Assert.Equal(Errno.EBUSY, _files.Vfs.AddDevice(DeviceNumbers.Console, new Recorder()));
        OpenFile file = _files.Open("/dev/ttyS0", OpenFlags.ReadWrite);
        Assert.Equal(IoResult.Ok(2), file.Write("hi"u8));
        Assert.Equal((IoResult)Errno.EINVAL, file.Read(new byte[1]));
        Assert.Equal(Errno.ESPIPE, file.Seek(0, SeekOrigin.Begin, out _));
        file.Release();
        Assert.Equal(["open", "write 2", "release"], device.Calls);
        device.Refusal = Errno.EBUSY;
        Assert.Equal(Errno.EBUSY, _files.TryOpen("/dev/console", OpenFlags.ReadOnly));
        Assert.Equal(["open", "write 2", "release", "open"], device.Calls);
    }

    private sealed class Recorder : CharacterDevice
    {
        public List<string> Calls { get; } = [];

        public Errno Refusal { get; set; }

        public override string Name => "console";

        public override Errno Open(OpenFile file)
        {
            Calls.Add("open");
            return Refusal;
        }

        public override void Release(OpenFile file) => Calls.Add("release");

        public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data)
        {
            Calls.Add($"write {data.Length}");
            return IoResult.Ok(data.Length);
        }
    }
}
