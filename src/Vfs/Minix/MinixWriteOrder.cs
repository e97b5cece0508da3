using System.Buffers.Binary;
using KernelSockets.Vfs.Cache;

namespace KernelSockets.Vfs.Minix;

/// <summary>What each stage of writing back makes of a block.</summary>
/// <remarks>
/// An entry on the device leads to an inode that is there, whatever stage a power cut interrupts, and an inode that lives has a name: entries come after their
/// inodes and go before them, and a name that is added is there before the other goes. An entry changes as a whole, since none reaches over the end of a sector.
/// </remarks>
internal sealed class MinixWriteOrder(MinixVariant variant) : IWriteOrder
{
    /// <inheritdoc/>
    public bool TryCompose(int stage, BlockKind kind, bool isFresh, ReadOnlySpan<byte> onDevice, ReadOnlySpan<byte> current, Span<byte> image)
    {
        WriteStage now = (WriteStage)stage;
        switch (kind)
        {
            case BlockKind.Directory:
                ComposeNames(now, isFresh, onDevice, current, image);
                return isFresh == (now == WriteStage.Contents);
            case BlockKind.Inodes:
                ComposeInodes(now, onDevice, current, image);
                return now is WriteStage.Inodes or WriteStage.Freed;
            default:
                current.CopyTo(image);
                return kind == BlockKind.Data || isFresh ? now == WriteStage.Contents : now == WriteStage.Inodes;
        }
    }

    /// <summary>Inodes without a name stay as they are until the names have gone that lead to them.</summary>
    private void ComposeInodes(WriteStage stage, ReadOnlySpan<byte> onDevice, ReadOnlySpan<byte> current, Span<byte> image)
    {
        current.CopyTo(image);
        for (int at = 0; at < image.Length && stage != WriteStage.Freed; at += variant.InodeSize)
        {
            ReadOnlySpan<byte> old = onDevice.Slice(at, variant.InodeSize);
            if (MinixInode.LinksOf(variant, current[at..]) == 0 && MinixInode.LinksOf(variant, old) != 0)
            {
                old.CopyTo(image[at..]);
            }
        }
    }

    private void ComposeNames(WriteStage stage, bool isFresh, ReadOnlySpan<byte> onDevice, ReadOnlySpan<byte> current, Span<byte> image)
    {
        onDevice.CopyTo(image);
        for (int at = 0; at < image.Length; at += variant.EntrySize)
        {
            ReadOnlySpan<byte> before = onDevice.Slice(at, variant.EntrySize);
            ReadOnlySpan<byte> after = current.Slice(at, variant.EntrySize);
            if (before.SequenceEqual(after))
            {
                continue;
            }

            Span<byte> entry = image.Slice(at, variant.EntrySize);
            if (MinixDirectory.IsParentEntry(variant, before) && MinixDirectory.IsParentEntry(variant, after))
            {
                ComposeParent(stage, after, entry);
            }
            else if (stage >= StageOf(isFresh, before, after))
            {
                after.CopyTo(entry);
            }
        }
    }

    /// <summary>
    /// While a directory moves its parent is the root. util-linux's fsck.minix counts the zones of a directory only where it comes to it first, so ".." must
    /// not lead to one that it has not yet seen; it sees the root before all.
    /// </summary>
    private void ComposeParent(WriteStage stage, ReadOnlySpan<byte> after, Span<byte> entry)
    {
        if (stage == WriteStage.Freed)
        {
            after.CopyTo(entry);
        }
        else if (variant.EntryNumberSize == sizeof(uint))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(entry, MinixSuperBlock.RootNumber);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)MinixSuperBlock.RootNumber);
        }
    }

    private WriteStage StageOf(bool isFresh, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        if (isFresh && MinixDirectory.IsDots(variant, after))
        {
            return WriteStage.Contents;
        }

        if (MinixDirectory.NumberOf(variant, before) == 0)
        {
            return WriteStage.NamesAdded;
        }

        return MinixDirectory.NumberOf(variant, after) != 0 ? WriteStage.NamesReplaced : WriteStage.NamesRemoved;
    }
}
