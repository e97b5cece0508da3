using System.Buffers.Binary;
using KernelSockets.Vfs.Dev;

namespace KernelSockets.Vfs.Block;

/// <summary>
/// What open nodes of block devices do, on whatever file system the node lies: bytes at any position of the device that the node's number names.
/// </summary>
/// <remarks>
/// Nothing is cached: a read sees what is on the device, without what a file system mounted from it has not written back yet. Parts of sectors are
/// written by reading the sector, changing it and writing it back, one at a time on all devices.
/// </remarks>
public sealed class BlockFileSystem : FileSystemOps
{
    /// <summary>Bytes read at once behind an error, so that what lies before a bad sector is had (as Linux, which reads by pages).</summary>
    private const int CarefulPiece = 4096;

    private readonly BlockDeviceRegistry _devices;
    private readonly Lock _partialGate = new();

    /// <summary>The operations over a registry.</summary>
    public BlockFileSystem(BlockDeviceRegistry devices) => _devices = devices;

    /// <inheritdoc/>
    public override FileSystemType Type => FileSystemType.Block;

    /// <inheritdoc/>
    public override string Name => "bdev";

    /// <summary>Finds the device.</summary>
    /// <returns><see cref="Errno.ENXIO"/> when no driver serves the number.</returns>
    public override Errno OnOpen(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.State = _devices.Find(file.Inode.SpecialDevice);
        return file.State is null ? Errno.ENXIO : Errno.Success;
    }

    /// <summary>Reads; 0 bytes at the end. An error after some bytes comes with the next read.</summary>
    public override IoResult Read(OpenFile file, Span<byte> data, ref long position)
    {
        BlockDevice device = Device(file);
        int length = (int)Math.Min(data.Length, Math.Max(0, Size(device) - position));
        int limit = length;
        int done = 0;
        while (done < length)
        {
            Errno error = ReadPiece(device, position, data.Slice(done, Math.Min(limit, length - done)), out int count);
            if (error != Errno.Success && count > CarefulPiece)
            {
                limit = CarefulPiece;
                continue;
            }

            if (error != Errno.Success)
            {
                return done > 0 ? IoResult.Ok(done) : error;
            }

            done += count;
            position += count;
        }

        return IoResult.Ok(done);
    }

    /// <summary>Writes; <see cref="Errno.ENOSPC"/> at the end, <see cref="Errno.EPERM"/> on a device that only reads (Linux's blkdev_write_iter).</summary>
    public override IoResult Write(OpenFile file, ReadOnlySpan<byte> data, ref long position)
    {
        BlockDevice device = Device(file);
        if (device.IsReadOnly)
        {
            return Errno.EPERM;
        }

        if (position >= Size(device) && !data.IsEmpty)
        {
            return Errno.ENOSPC;
        }

        int length = (int)Math.Min(data.Length, Size(device) - position);
        int done = 0;
        while (done < length)
        {
            Errno error = WritePiece(device, position, data[done..length], out int count);
            if (error != Errno.Success)
            {
                return done > 0 ? IoResult.Ok(done) : error;
            }

            done += count;
            position += count;
        }

        return IoResult.Ok(done);
    }

    /// <inheritdoc/>
    public override Errno Seek(OpenFile file, long offset, SeekOrigin origin, long current, out long position)
    {
        // The size of a device is not its inode's. Counted from the end is the same as counted from there.
        bool isFromEnd = origin == SeekOrigin.End;
        return base.Seek(file, offset, isFromEnd ? SeekOrigin.Current : origin, isFromEnd ? Size(Device(file)) : current, out position);
    }

    /// <inheritdoc/>
    public override Errno Sync(OpenFile file, bool isDataOnly) => Device(file).Flush();

    /// <inheritdoc/>
    public override IoResult Ioctl(OpenFile file, uint request, long argument, Span<byte> data)
    {
        BlockDevice device = Device(file);
        switch (request)
        {
            case IoctlRequest.BlockGetSize64:
                BinaryPrimitives.WriteInt64LittleEndian(data, Size(device));
                return IoResult.Ok(0);
            case IoctlRequest.BlockGetSize:
                BinaryPrimitives.WriteInt64LittleEndian(data, device.SectorCount);
                return IoResult.Ok(0);
            case IoctlRequest.BlockGetSectorSize or IoctlRequest.BlockGetPhysicalSectorSize or IoctlRequest.BlockGetBlockSize:
                BinaryPrimitives.WriteInt32LittleEndian(data, BlockDevice.SectorSize);
                return IoResult.Ok(0);
            case IoctlRequest.BlockGetReadOnly:
                BinaryPrimitives.WriteInt32LittleEndian(data, device.IsReadOnly ? 1 : 0);
                return IoResult.Ok(0);
            case IoctlRequest.BlockFlushBuffers:
                return device.Flush();
            default:
                return Errno.ENOTTY;
        }
    }

    /// <summary>Reads whole sectors as far as they go, or a part of one.</summary>
    private static Errno ReadPiece(BlockDevice device, long position, Span<byte> data, out int count)
    {
        (long sector, int offset) = Locate(position);
        if (offset == 0 && data.Length >= BlockDevice.SectorSize)
        {
            count = data.Length - (data.Length % BlockDevice.SectorSize);
            return device.Read(sector, data[..count]);
        }

        Span<byte> whole = stackalloc byte[BlockDevice.SectorSize];
        count = Math.Min(BlockDevice.SectorSize - offset, data.Length);
        Errno error = device.Read(sector, whole);
        whole.Slice(offset, count).CopyTo(data);
        return error;
    }

    private Errno WritePiece(BlockDevice device, long position, ReadOnlySpan<byte> data, out int count)
    {
        (long sector, int offset) = Locate(position);
        if (offset == 0 && data.Length >= BlockDevice.SectorSize)
        {
            count = data.Length - (data.Length % BlockDevice.SectorSize);
            return device.Write(sector, data[..count]);
        }

        Span<byte> whole = stackalloc byte[BlockDevice.SectorSize];
        count = Math.Min(BlockDevice.SectorSize - offset, data.Length);
        lock (_partialGate)
        {
            Errno error = device.Read(sector, whole);
            data[..count].CopyTo(whole[offset..]);
            return error == Errno.Success ? device.Write(sector, whole) : error;
        }
    }

    private static (long Sector, int Offset) Locate(long position) => (position / BlockDevice.SectorSize, (int)(position % BlockDevice.SectorSize));

    private static long Size(BlockDevice device) => device.SectorCount * BlockDevice.SectorSize;

    private static BlockDevice Device(OpenFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return (BlockDevice)file.State!;
    }
}
