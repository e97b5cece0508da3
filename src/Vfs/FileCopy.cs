using System.Buffers;

namespace KernelSockets.Vfs;

/// <summary>Copies between open files without the caller's memory: sendfile and copy_file_range.</summary>
public static class FileCopy
{
    private const int BufferSize = 65_536;

    /// <summary>sendfile: from a regular file to anything that can be written.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="from">The first byte; null for the file's position, which then moves.</param>
    /// <param name="target">Where to, at its position.</param>
    /// <param name="count">Most bytes to copy.</param>
    /// <returns>Bytes copied; <see cref="Errno.EBADF"/>, <see cref="Errno.EINVAL"/> for what is no regular file or an appending target, or what reading and writing say.</returns>
    public static IoResult Send(OpenFile source, long? from, OpenFile target, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (!source.CanRead || !target.CanWrite)
        {
            return Errno.EBADF;
        }

        return !source.Inode.Mode.IsRegular() || target.IsAppending || from < 0 ? Errno.EINVAL : Copy(source, from, target, to: null, count);
    }

    /// <summary>copy_file_range: from one regular file to another, or to another part of the same one.</summary>
    /// <param name="source">Where from.</param>
    /// <param name="from">The first byte; null for the file's position, which then moves.</param>
    /// <param name="target">Where to.</param>
    /// <param name="to">Place of the first byte there; null for the file's position, which then moves.</param>
    /// <param name="count">Most bytes to copy.</param>
    /// <returns>
    /// Bytes copied; <see cref="Errno.EISDIR"/>, <see cref="Errno.EINVAL"/> for what is no regular file and parts that overlap, <see cref="Errno.EBADF"/>,
    /// <see cref="Errno.EOVERFLOW"/>, or what reading and writing say.
    /// </returns>
    public static IoResult CopyRange(OpenFile source, long? from, OpenFile target, long? to, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        if (source.Inode.Mode.IsDirectory() || target.Inode.Mode.IsDirectory())
        {
            return Errno.EISDIR;
        }

        if (!source.Inode.Mode.IsRegular() || !target.Inode.Mode.IsRegular() || from < 0 || to < 0)
        {
            return Errno.EINVAL;
        }

        if (!source.CanRead || !target.CanWrite || target.IsAppending)
        {
            return Errno.EBADF;
        }

        long first = from ?? source.Position;
        long firstThere = to ?? target.Position;
        if (first > long.MaxValue - count || firstThere > long.MaxValue - count)
        {
            return Errno.EOVERFLOW;
        }

        // What lies behind the end is not copied, and so overlaps nothing (Linux's generic_copy_file_checks).
        count = (int)Math.Clamp(source.Inode.Size - first, 0, count);
        bool overlaps = source.Inode == target.Inode && first < firstThere + count && firstThere < first + count;
        return overlaps && count > 0 ? Errno.EINVAL : Copy(source, from, target, to, count);
    }

    private static IoResult Copy(OpenFile source, long? from, OpenFile target, long? to, int count)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Min(count, BufferSize));
        try
        {
            long start = from ?? source.Position;
            IoResult result = CopyThrough(buffer, source, start, target, to, count);
            if (from is null && result.Count > 0)
            {
                _ = source.Seek(start + result.Count, SeekOrigin.Begin, out _); // a regular file's position goes anywhere
            }

            return result;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Copies piece by piece until the end, an error, or a write that takes less than it is given.</summary>
    private static IoResult CopyThrough(byte[] buffer, OpenFile source, long from, OpenFile target, long? to, int count)
    {
        int copied = 0;
        while (copied < count)
        {
            IoResult read = source.ReadAt(buffer.AsSpan(0, Math.Min(buffer.Length, count - copied)), from + copied);
            if (!read.IsSuccess || read.Count == 0)
            {
                return copied > 0 ? IoResult.Ok(copied) : read;
            }

            ReadOnlySpan<byte> data = buffer.AsSpan(0, read.Count);
            IoResult written = to is null ? target.Write(data) : target.WriteAt(data, to.Value + copied);
            if (!written.IsSuccess)
            {
                return copied > 0 ? IoResult.Ok(copied) : written;
            }

            copied += written.Count;
            if (written.Count < read.Count)
            {
                break;
            }
        }

        return IoResult.Ok(copied);
    }
}
