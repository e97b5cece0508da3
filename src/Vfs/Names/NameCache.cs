using System.Numerics;

namespace KernelSockets.Vfs.Names;

/// <summary>
/// What names in directories lead to, as found before (Linux's dcache): a walk along a path whose parts are known here takes no lock and reads no directory.
/// Knows of missing names, too. For file systems that say <see cref="SuperBlock.KeepsNames"/>.
/// </summary>
/// <remarks>
/// Bounded: names that were not used for long go first, as the hand of a clock finds them. An entry for something holds a reference to it and to its directory, so
/// that both stay what they are; one for a missing name holds none, and cannot be found any more once its directory is gone.
/// <para>
/// Lookups follow the chains without a lock. All else is under the gate, the innermost lock of the files; under it nothing is let go, since that calls the file system.
/// </para>
/// <para>
/// A change takes the name's entry out before the file system is asked for it (<see cref="NameChange"/>). What a lookup has found is entered only if no change
/// was going on then or has begun since. Names share the counts that tell by their hash; if they meet there, it costs an entry.
/// </para>
/// </remarks>
internal sealed class NameCache
{
    /// <summary>Names kept when nothing else is asked for.</summary>
    public const int DefaultCapacity = 1024;

    /// <summary>Counts of changes: so many that two tasks seldom meet at one.</summary>
    private const int Counts = 64;

    private readonly Lock _gate = new();
    private readonly CachedName?[] _buckets;
    private readonly CachedName?[] _slots; // all entries, in no order
    private readonly int[] _versions = new int[Counts]; // beginnings and ends of changes
    private readonly int[] _changing = new int[Counts]; // changes going on
    private int _count;
    private int _hand;

    /// <summary>An empty cache.</summary>
    /// <param name="capacity">Names at most; 0 to ask the file system every time.</param>
    public NameCache(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _slots = new CachedName?[capacity];
        _buckets = new CachedName?[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity, 1))];
    }

    /// <summary>Names that are kept.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Looks a name up in a directory: here, else in the file system.</summary>
    /// <param name="directory">The directory, held by the caller.</param>
    /// <param name="name">The name; not "." or "..".</param>
    /// <param name="keepsMissing">Whether to remember that there is no such name; it is no use when the name is about to be made.</param>
    /// <param name="inode">With a reference for the caller.</param>
    /// <returns>As <see cref="FileSystemOps.Namei"/>.</returns>
    public Errno Lookup(Inode directory, ReadOnlySpan<byte> name, bool keepsMissing, out Inode? inode)
    {
        if (!Keeps(directory))
        {
            return directory.Operations.Namei(directory, name, out inode);
        }

        NameKey key = new(directory, name);
        if (Find(key) is { } known)
        {
            known.IsUsed = true;
            inode = known.Target;
            if (inode is null || (inode.LinkCount > 0 && inode.TryHold()))
            {
                return inode is null ? Errno.ENOENT : Errno.Success;
            }

            // Without a link nothing is led to: the name is just going, or the links of a damaged file system were counted wrong.
            Forget(known);
        }

        int version = Volatile.Read(ref _versions[key.Hash % Counts]);
        Errno error = directory.Operations.Namei(directory, name, out inode);
        if (error == Errno.Success || (error == Errno.ENOENT && keepsMissing))
        {
            Remember(key, inode, version, changes: 0);
        }

        return error;
    }

    /// <summary>Called before a name is made, removed or led elsewhere.</summary>
    /// <param name="directory">The directory, held by the caller until the end.</param>
    /// <param name="name">The name; has to stay where it is until the end.</param>
    /// <returns>To be disposed of when the file system has done it, or failed.</returns>
    public NameChange BeginChange(Inode directory, ReadOnlySpan<byte> name)
    {
        if (!Keeps(directory))
        {
            return default;
        }

        NameKey key = new(directory, name);
        _gate.EnterUninterrupted();
        int version = ++_versions[key.Hash % Counts];
        _changing[key.Hash % Counts]++;
        CachedName? earlier = Find(key);
        if (earlier is not null)
        {
            Remove(earlier);
        }

        _gate.Exit();
        return new NameChange(this, key, version, earlier);
    }

    /// <summary>Called by a change at its end.</summary>
    public void EndChange(in NameKey key)
    {
        _gate.EnterUninterrupted();
        _versions[key.Hash % Counts]++;
        _changing[key.Hash % Counts]--;
        _gate.Exit();
    }

    /// <summary>Enters what the file system says of a name, if it has not been changed since.</summary>
    /// <param name="key">The name.</param>
    /// <param name="target">What it leads to, held by the caller; null when it is missing.</param>
    /// <param name="version">The count of changes when the file system was asked.</param>
    /// <param name="changes">Changes that may be going on: the caller's own.</param>
    public void Remember(in NameKey key, Inode? target, int version, int changes)
    {
        if (TryMake(key, target) is not { } entry)
        {
            return;
        }

        uint count = key.Hash % Counts;
        _gate.EnterUninterrupted();
        bool isGood = _versions[count] == version && _changing[count] == changes && Find(key) is null;
        CachedName? released = isGood ? Add(entry) : entry;
        _gate.Exit();
        released?.Release();
    }

    /// <summary>Forgets names: all, or those of one file system.</summary>
    /// <returns>How many.</returns>
    public int Forget(SuperBlock? superBlock = null)
    {
        int forgotten = 0;
        for (int slot = _slots.Length; TryTakeBelow(ref slot, superBlock, out CachedName? entry); forgotten++)
        {
            entry!.Release();
        }

        return forgotten;
    }

    private void Forget(CachedName entry)
    {
        _gate.EnterUninterrupted();
        bool isIn = entry.Slot < _count && _slots[entry.Slot] == entry;
        if (isIn)
        {
            Remove(entry);
        }

        _gate.Exit();
        if (isIn)
        {
            entry.Release();
        }
    }

    private bool Keeps(Inode directory) => directory.SuperBlock.KeepsNames && _slots.Length > 0;

    private CachedName? Find(in NameKey key)
    {
        CachedName? entry = Volatile.Read(ref BucketOf(key.Hash));
        while (entry is not null && !entry.Is(key))
        {
            entry = Volatile.Read(ref entry.Next);
        }

        return entry;
    }

    private ref CachedName? BucketOf(uint hash) => ref _buckets[hash & (uint)(_buckets.Length - 1)];

    /// <summary>An entry that is in no chain yet; null when there is no memory for it, which is then a bad time for all others, too.</summary>
    private CachedName? TryMake(in NameKey key, Inode? target)
    {
        try
        {
            return new CachedName(key, target);
        }
        catch (OutOfMemoryException)
        {
            _ = Forget();
            return null;
        }
    }

    /// <summary>Enters a name. Under the gate.</summary>
    /// <returns>The entry that had to make room, for the caller to release after the gate.</returns>
    private CachedName? Add(CachedName entry)
    {
        CachedName? oldest = _count == _slots.Length ? FindUnused() : null;
        if (oldest is not null)
        {
            Remove(oldest);
        }

        entry.Slot = _count;
        _slots[_count++] = entry;
        ref CachedName? bucket = ref BucketOf(entry.Hash);
        entry.Next = bucket;
        Volatile.Write(ref bucket, entry);
        return oldest;
    }

    /// <summary>An entry that was not used while the hand went around. Under the gate.</summary>
    private CachedName FindUnused()
    {
        while (true)
        {
            _hand = _hand + 1 < _count ? _hand + 1 : 0;
            CachedName entry = _slots[_hand]!;
            if (!entry.IsUsed)
            {
                return entry;
            }

            entry.IsUsed = false;
        }
    }

    /// <summary>Takes an entry out; the last one gets its slot. Under the gate.</summary>
    private void Remove(CachedName entry)
    {
        ref CachedName? link = ref BucketOf(entry.Hash);
        while (link != entry)
        {
            link = ref link!.Next;
        }

        Volatile.Write(ref link, entry.Next);
        CachedName last = _slots[--_count]!;
        last.Slot = entry.Slot;
        _slots[entry.Slot] = last;
        _slots[_count] = null;
    }

    /// <summary>Takes out the entry of a file system, or any, in the highest slot below another.</summary>
    private bool TryTakeBelow(ref int slot, SuperBlock? superBlock, out CachedName? entry)
    {
        entry = null;
        _gate.EnterUninterrupted();
        for (slot = Math.Min(slot, _count) - 1; slot >= 0 && entry is null; slot--)
        {
            entry = superBlock is null || _slots[slot]!.SuperBlock == superBlock ? _slots[slot] : null;
        }

        if (entry is not null)
        {
            Remove(entry);
            slot = entry.Slot;
        }

        _gate.Exit();
        return entry is not null;
    }
}
