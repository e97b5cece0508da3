namespace KernelSockets.Vfs.Memory;

/// <summary>The content of files in memory: pages, with holes where nothing was written. Under the inode's gate.</summary>
internal static class MemoryPages
{
    /// <summary>Longest file, in bytes, holes included: each page takes a reference even where it is a hole.</summary>
    public const long MaxSize = 1L << 28;

    private const int PageSize = MemorySuperBlock.PageSize;

    /// <summary>Copies out.</summary>
    /// <returns>Bytes copied, 0 at the end.</returns>
    public static int Read(MemoryInode inode, long position, Span<byte> data)
    {
        long available = Math.Max(inode.Size - position, 0);
        data = data[..(int)Math.Min(data.Length, available)];
        int done = 0;
        while (done < data.Length)
        {
            (int index, int offset) = Split(position + done);
            int count = Math.Min(PageSize - offset, data.Length - done);
            Span<byte> target = data.Slice(done, count);
            if (PageAt(inode, index) is { } page)
            {
                page.AsSpan(offset, count).CopyTo(target);
            }
            else
            {
                target.Clear();
            }

            done += count;
        }

        return done;
    }

    /// <summary>Copies in, as far as there is room.</summary>
    /// <returns>Bytes copied; <see cref="Errno.ENOSPC"/> or <see cref="Errno.EFBIG"/> when there is room for none.</returns>
    public static IoResult Write(MemoryInode inode, long position, ReadOnlySpan<byte> data)
    {
        if (position > MaxSize - data.Length)
        {
            return Errno.EFBIG;
        }

        int done = 0;
        while (done < data.Length)
        {
            (int index, int offset) = Split(position + done);
            int count = Math.Min(PageSize - offset, data.Length - done);
            byte[]? page = PageAt(inode, index) ?? TryAddPage(inode, index);
            if (page is null)
            {
                break;
            }

            data.Slice(done, count).CopyTo(page.AsSpan(offset));
            done += count;
        }

        if (done > 0)
        {
            inode.Size = Math.Max(inode.Size, position + done);
        }

        return done == 0 && data.Length > 0 ? Errno.ENOSPC : IoResult.Ok(done);
    }

    /// <summary>Cuts or lengthens; returns pages to the bound.</summary>
    public static void Truncate(MemoryInode inode, long size)
    {
        if (size < inode.Size)
        {
            int keep = (int)((size + PageSize - 1) / PageSize);
            if (keep < inode.Pages.Count)
            {
                int dropped = 0;
                for (int i = keep; i < inode.Pages.Count; i++)
                {
                    dropped += inode.Pages[i] is null ? 0 : 1;
                }

                inode.Pages.RemoveRange(keep, inode.Pages.Count - keep);
                inode.PageCount -= dropped;
                ((MemorySuperBlock)inode.SuperBlock).ReturnPages(dropped);
            }

            // What lies behind the end reads as zeros when the file grows again.
            (int last, int offset) = Split(size);
            PageAt(inode, last)?.AsSpan(offset).Clear();
        }

        inode.Size = size;
    }

    private static (int Index, int Offset) Split(long position) => ((int)(position / PageSize), (int)(position % PageSize));

    private static byte[]? PageAt(MemoryInode inode, int index) => index < inode.Pages.Count ? inode.Pages[index] : null;

    private static byte[]? TryAddPage(MemoryInode inode, int index)
    {
        if (!((MemorySuperBlock)inode.SuperBlock).TryTakePage())
        {
            return null;
        }

        while (inode.Pages.Count <= index)
        {
            inode.Pages.Add(null);
        }

        inode.PageCount++;
        return inode.Pages[index] = new byte[PageSize];
    }
}
