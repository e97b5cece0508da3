namespace KernelSockets.Vfs.Dev;

/// <summary>
/// What open device nodes do, on whatever file system the node lies: every operation goes to the device that the node's number names.
/// It has no directories: /dev is a file system in memory that holds nodes.
/// </summary>
public sealed class DeviceFileSystem : FileSystemOps
{
    private readonly DeviceRegistry _devices;

    /// <summary>The operations over a registry.</summary>
    public DeviceFileSystem(DeviceRegistry devices) => _devices = devices;

    /// <inheritdoc/>
    public override FileSystemType Type => FileSystemType.Device;

    /// <inheritdoc/>
    public override string Name => "devices";

    /// <summary>Finds the device.</summary>
    /// <returns><see cref="Errno.ENXIO"/> when no driver serves the number, or what the device says.</returns>
    public override Errno OnOpen(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (_devices.Find(file.Inode.SpecialDevice) is not { } device)
        {
            return Errno.ENXIO;
        }

        file.State = device;
        return device.Open(file);
    }

    /// <inheritdoc/>
    public override void OnRelease(OpenFile file) => Device(file).Release(file);

    /// <inheritdoc/>
    public override IoResult Read(OpenFile file, Span<byte> data, ref long position) => Device(file).Read(file, data);

    /// <inheritdoc/>
    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data, ref long position) => Device(file).Write(file, data);

    /// <inheritdoc/>
    public override IoResult Ioctl(OpenFile file, uint request, long argument, Span<byte> data) => Device(file).Ioctl(file, request, argument, data);

    /// <inheritdoc/>
    public override PollEvents Poll(OpenFile file, PollListener? listener) => Device(file).Poll(file, listener);

    /// <inheritdoc/>
    public override bool HasPosition(Inode inode)
    {
        ArgumentNullException.ThrowIfNull(inode);
        return _devices.Find(inode.SpecialDevice)?.AcceptsSeek ?? false;
    }

    /// <summary>The position of a device is always 0 (Linux's null_lseek).</summary>
    public override Errno Seek(OpenFile file, long offset, SeekOrigin origin, long current, out long position)
    {
        position = 0;
        return Errno.Success;
    }

    private static CharacterDevice Device(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return (CharacterDevice)file.State!;
    }
}
