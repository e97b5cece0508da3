namespace KernelSockets.Vfs.Names;

/// <summary>A change of one name, from before the file system is asked for it until after. Meanwhile no lookup is remembered.</summary>
/// <param name="cache">The cache; null when it does not keep the names of this file system.</param>
/// <param name="key">The name.</param>
/// <param name="version">The count of changes since this one has begun.</param>
/// <param name="earlier">What was known of the name; let go at the end, so that the file system need not find it anew.</param>
internal readonly ref struct NameChange(NameCache? cache, NameKey key, int version, CachedName? earlier)
{
    private readonly NameKey _key = key;

    /// <summary>Tells what the name leads to now.</summary>
    public void Made(Inode inode) => cache?.Remember(_key, inode, version, changes: 1);

    /// <summary>Ends the change.</summary>
    public void Dispose()
    {
        cache?.EndChange(_key);
        earlier?.Release();
    }
}
