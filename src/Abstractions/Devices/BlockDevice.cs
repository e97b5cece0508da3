namespace KernelSockets;

/// <summary>A disk or a memory image, in sectors.</summary>
public abstract class BlockDevice
{
    /// <summary>Bytes a sector.</summary>
    public const int SectorSize = 512;

    /// <summary>Device name, for example <c>ata0</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Sectors on the device.</summary>
    public abstract long SectorCount { get; }

    /// <summary>True when writes are refused with <see cref="Errno.EROFS"/>.</summary>
    public virtual bool IsReadOnly => false;

    /// <summary>Reads whole sectors.</summary>
    /// <param name="sector">The first one.</param>
    /// <param name="destination">A multiple of <see cref="SectorSize"/> bytes.</param>
    /// <returns><see cref="Errno.Success"/>, <see cref="Errno.EINVAL"/> outside the device, <see cref="Errno.EIO"/> from the medium.</returns>
    public abstract Errno Read(long sector, Span<byte> destination);

    /// <summary>Writes whole sectors; they are durable only after <see cref="Flush"/>.</summary>
    /// <param name="sector">The first one.</param>
    /// <param name="source">A multiple of <see cref="SectorSize"/> bytes.</param>
    /// <returns>As <see cref="Read"/>, or <see cref="Errno.EROFS"/>.</returns>
    public abstract Errno Write(long sector, ReadOnlySpan<byte> source);

    /// <summary>Makes everything written so far durable.</summary>
    public abstract Errno Flush();

    /// <summary>Checks what a caller asks for.</summary>
    /// <param name="sector">The first sector.</param>
    /// <param name="length">Bytes.</param>
    /// <returns><see cref="Errno.EINVAL"/> for parts of sectors and for what does not lie inside the device.</returns>
    protected Errno CheckRange(long sector, int length)
    {
        (int count, int rest) = Math.DivRem(length, SectorSize);
        return rest == 0 && sector >= 0 && sector <= SectorCount && count <= SectorCount - sector ? Errno.Success : Errno.EINVAL;
    }
}
