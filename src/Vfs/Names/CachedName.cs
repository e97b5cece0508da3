namespace KernelSockets.Vfs.Names;

/// <summary>A name that is known, and what it leads to. Found by tasks without a lock, so that nothing but its uses and the link to the next ever changes.</summary>
/// <remarks>One for something holds references to it and to its directory, until <see cref="Release"/>.</remarks>
internal sealed class CachedName
{
    private readonly Inode _directory;
    private readonly byte[] _name;

    /// <summary>An entry, with references of its own.</summary>
    /// <param name="key">The name.</param>
    /// <param name="target">What it leads to; null when there is no such name.</param>
    public CachedName(in NameKey key, Inode? target)
    {
        _directory = key.Directory;
        _name = key.Name.ToArray();
        Hash = key.Hash;
        Target = target;
        if (target is not null)
        {
            target.Hold();
            _directory.Hold();
        }
    }

    /// <summary>The hash of its key.</summary>
    public uint Hash { get; }

    /// <summary>What it leads to; null when there is no such name.</summary>
    public Inode? Target { get; }

    /// <summary>The file system of its directory.</summary>
    public SuperBlock SuperBlock => _directory.SuperBlock;

    /// <summary>Whether it has been found since the hand was here.</summary>
    public bool IsUsed { get; set; }

    /// <summary>Its place among all entries; under the cache's gate.</summary>
    public int Slot { get; set; }

    /// <summary>The next one in the chain; written under the cache's gate. An entry that has been taken out still leads on.</summary>
    public CachedName? Next;

    /// <summary>True when this is the entry of a name.</summary>
    public bool Is(in NameKey key) => Hash == key.Hash && _directory == key.Directory && key.Name.SequenceEqual(_name);

    /// <summary>Lets go of what it holds, once, when it is in the cache no more. May call the file system.</summary>
    public void Release()
    {
        if (Target is not null)
        {
            Target.Release();
            _directory.Release();
        }
    }
}
