using KernelSockets.Vfs.Names;

namespace KernelSockets.Vfs;

/// <summary>What is mounted where. A mount is a pair of links: the covered directory to the file system, and back.</summary>
/// <remarks>The links change under <see cref="_gate"/>; walks take it only at directories that are covered or are roots.</remarks>
internal sealed class MountTable
{
    /// <summary>File systems mounted at a time, the root among them.</summary>
    public const int MaxMounts = 32;

    private readonly Lock _gate = new();
    private readonly List<SuperBlock> _mounted = [];

    /// <summary>A table with the root mounted.</summary>
    /// <param name="root">The root file system.</param>
    /// <param name="names">Most names that are remembered.</param>
    public MountTable(SuperBlock root, int names)
    {
        Names = new NameCache(names);
        Root = root.Root!;
        _mounted.Add(root);
    }

    /// <summary>The root directory of all.</summary>
    public Inode Root { get; private set; }

    /// <summary>What the names in their directories lead to.</summary>
    public NameCache Names { get; }

    /// <summary>Mounted file systems, oldest first; a copy.</summary>
    public IReadOnlyList<SuperBlock> Mounted()
    {
        lock (_gate)
        {
            return [.. _mounted];
        }
    }

    /// <summary>Covers a directory.</summary>
    /// <param name="directory">The directory; the mount takes the caller's reference.</param>
    /// <param name="superBlock">The file system.</param>
    /// <returns><see cref="Errno.EBUSY"/> when something is mounted there already, <see cref="Errno.ENOSPC"/> when the table is full (as Linux's mount).</returns>
    public Errno Mount(Inode directory, SuperBlock superBlock)
    {
        lock (_gate)
        {
            if (directory.MountedHere is not null || directory == Root)
            {
                return Errno.EBUSY;
            }

            if (_mounted.Count == MaxMounts)
            {
                return Errno.ENOSPC;
            }

            superBlock.MountPoint = directory;
            directory.MountedHere = superBlock;
            _mounted.Add(superBlock);
            return Errno.Success;
        }
    }

    /// <summary>Uncovers a directory.</summary>
    /// <param name="root">Root directory of the mounted file system, with one reference of the caller's.</param>
    /// <returns><see cref="Errno.EINVAL"/> when it is no such root; <see cref="Errno.EBUSY"/> while anything else of it is in use, and for the root of all.</returns>
    public Errno Unmount(Inode root)
    {
        if (root.SuperBlock.Root != root)
        {
            return Errno.EINVAL;
        }

        // What remembered names lead to is in use, too, but not by anybody.
        Errno error = TryUnmount(root);
        return Names.Forget(root.SuperBlock) > 0 && error == Errno.EBUSY ? TryUnmount(root) : error;
    }

    private Errno TryUnmount(Inode root)
    {
        SuperBlock superBlock = root.SuperBlock;
        Inode covered;
        lock (_gate)
        {
            // Two references: the mount's and the caller's.
            if (superBlock.MountPoint is null || superBlock.ActiveInodes > 1 || root.References > 2)
            {
                return Errno.EBUSY;
            }

            covered = superBlock.MountPoint;
            covered.MountedHere = null;
            superBlock.MountPoint = null;
            _mounted.Remove(superBlock);
        }

        covered.Release();
        root.Release();
        return Errno.Success;
    }

    /// <summary>Moves the first mount in the root file system to a directory of another that will replace it.</summary>
    /// <param name="superBlock">The other file system.</param>
    /// <param name="name">Name of the directory in its root.</param>
    /// <returns><see cref="Errno.ENOTDIR"/>, or why the name cannot be looked up; nothing has changed then.</returns>
    public Errno MoveTo(SuperBlock superBlock, ReadOnlySpan<byte> name)
    {
        Errno error = superBlock.Operations.Namei(superBlock.Root!, name, out Inode? directory);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!directory!.Mode.IsDirectory())
        {
            directory.Release();
            return Errno.ENOTDIR;
        }

        // What is let go: the directory that was covered, or, with nothing to move, the new one.
        Inode released = directory;
        lock (_gate)
        {
            if (_mounted.Find(mounted => mounted.MountPoint is { } point && point.SuperBlock == Root.SuperBlock) is { } moving)
            {
                released = moving.MountPoint!;
                released.MountedHere = null;
                moving.MountPoint = directory;
                directory.MountedHere = moving;
            }
        }

        released.Release();
        return Errno.Success;
    }

    /// <summary>Takes another file system as the root, and lets go of the old one.</summary>
    public void ReplaceRoot(SuperBlock superBlock)
    {
        Inode oldRoot;
        lock (_gate)
        {
            oldRoot = Root;
            _mounted.Remove(oldRoot.SuperBlock);
            _mounted.Insert(0, superBlock);
            Root = superBlock.Root!;
        }

        oldRoot.Release();
        _ = Names.Forget(oldRoot.SuperBlock);
    }

    /// <summary>The root of what is mounted on a directory, or the inode itself. Takes the caller's reference and gives one.</summary>
    public Inode Enter(Inode inode)
    {
        while (inode.MountedHere is not null)
        {
            Inode covered = inode;
            lock (_gate)
            {
                if (covered.MountedHere?.Root is not { } root)
                {
                    return covered;
                }

                root.Hold();
                inode = root;
            }

            covered.Release();
        }

        return inode;
    }

    /// <summary>"..": the parent of a directory, across mounts; the root is its own.</summary>
    public Errno Parent(Inode directory, out Inode? parent)
    {
        Inode inside = LeaveMounts(directory);
        if (inside == Root)
        {
            parent = inside;
            return Errno.Success;
        }

        Errno error = inside.Operations.Namei(inside, ".."u8, out parent);
        inside.Release();
        if (error == Errno.Success)
        {
            parent = Enter(parent!);
        }

        return error;
    }

    /// <summary>The directory itself, or, for a mounted root, the directory it covers. Gives a reference.</summary>
    public Inode LeaveMounts(Inode directory)
    {
        Inode inside = directory;
        lock (_gate)
        {
            while (inside.SuperBlock.Root == inside && inside.SuperBlock.MountPoint is { } covered)
            {
                inside = covered;
            }

            inside.Hold();
        }

        return inside;
    }
}
