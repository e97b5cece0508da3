using System.Buffers;
using KernelSockets.Vfs.Names;

namespace KernelSockets.Vfs;

/// <summary>
/// One walk along a path: components one after the other, symbolic links followed, mounts crossed (path_resolution(7)). Stops before the last
/// component, so that the caller can create or remove it, and holds the directory it stands in.
/// </summary>
/// <remarks>
/// Linux allows PATH_MAX bytes for each target; here a target and the rest of the path share them.
/// The rest of the path lies right-aligned in a buffer, so that a link's target can be put before it:
/// <code>
///   |  free: consumed components  | rest of the path |
///   0                          _start           Length
/// </code>
/// It is the caller's as long as everything fits.
/// </remarks>
internal ref struct PathWalk
{
    /// <summary>PATH_MAX: bytes of a path with its terminating zero.</summary>
    public const int MaxPathLength = 4096;

    /// <summary>Links followed in one walk before it is taken for a loop (Linux's MAXSYMLINKS).</summary>
    public const int MaxLinks = 40;

    /// <summary>Bytes of the buffer that a caller gives, enough for most walks.</summary>
    public const int BufferLength = 256;

    private const byte Slash = (byte)'/';

    private readonly MountTable _mounts;
    private Span<byte> _buffer;
    private byte[]? _largeBuffer;
    private int _start;
    private int _nameStart;
    private int _nameEnd;
    private int _links;
    private FileLocation? _location;

    private PathWalk(MountTable mounts, Inode directory, Span<byte> buffer)
    {
        _mounts = mounts;
        _buffer = buffer;
        Directory = directory;
    }

    /// <summary>Where the walk stands; held by it.</summary>
    public Inode Directory { get; private set; }

    /// <summary>The last component; empty when the path is nothing but slashes. Valid until the walk goes on.</summary>
    public readonly ReadOnlySpan<byte> Name => _buffer[_nameStart.._nameEnd];

    /// <summary>True when a slash follows the last component: it has to be a directory.</summary>
    public bool RequiresDirectory { get; private set; }

    /// <summary>True when the last component is no name that could be created: empty, "." or "..".</summary>
    public readonly bool IsNameSpecial => Name.IsEmpty || Name.SequenceEqual("."u8) || Name.SequenceEqual(".."u8);

    /// <summary>True when a link of /proc has led straight to an inode: <see cref="Directory"/> is it, whatever its type, and there is no name left.</summary>
    public bool HasArrived { get; private set; }

    /// <summary>Where what the walk has found lies, for the file that is opened on it; null where <see cref="Name"/> is no name.</summary>
    public readonly FileLocation? Locate() => HasArrived ? _location?.Copy() : IsNameSpecial ? null : new FileLocation(Directory, Name);

    /// <summary>Starts a walk and goes to the directory of the last component.</summary>
    /// <param name="mounts">The mounts, with the root.</param>
    /// <param name="current">Where relative paths start.</param>
    /// <param name="path">The path, without a terminating zero.</param>
    /// <param name="buffer"><see cref="BufferLength"/> bytes.</param>
    /// <param name="walk">To be disposed of, whatever the outcome.</param>
    /// <returns><see cref="Errno.ENOENT"/> (an empty path, too), <see cref="Errno.ENAMETOOLONG"/>, <see cref="Errno.ENOTDIR"/>, <see cref="Errno.ELOOP"/>.</returns>
    public static Errno Start(MountTable mounts, Inode current, ReadOnlySpan<byte> path, Span<byte> buffer, out PathWalk walk)
    {
        bool isAbsolute = !path.IsEmpty && path[0] == Slash;
        Inode start = isAbsolute ? mounts.Root : current;
        start.Hold();
        walk = new PathWalk(mounts, start, buffer);
        if (path.IsEmpty || path.Length >= MaxPathLength)
        {
            return path.IsEmpty ? Errno.ENOENT : Errno.ENAMETOOLONG;
        }

        if (path.Contains((byte)0))
        {
            return Errno.EINVAL;
        }

        walk._start = buffer.Length;
        if (path.Length > buffer.Length)
        {
            walk.Enlarge();
        }

        walk._start -= path.Length;
        path.CopyTo(walk._buffer[walk._start..]);
        return walk.ToLastComponent();
    }

    /// <summary>Looks the last component up, following it when it is a link and <paramref name="follows"/> or a slash says so.</summary>
    /// <param name="follows">Whether to follow a link.</param>
    /// <param name="inode">Held for the caller.</param>
    /// <returns><see cref="Errno.ENOENT"/>: then <see cref="Directory"/> and <see cref="Name"/> tell where it would be created.</returns>
    public Errno Finish(bool follows, out Inode? inode)
    {
        while (true)
        {
            Errno error = Lookup(keepsMissing: true, out inode);
            if (error != Errno.Success)
            {
                return error;
            }

            if (!inode!.Mode.IsSymbolicLink() || !(follows || RequiresDirectory))
            {
                break;
            }

            error = FollowLink(inode);
            inode = null;
            if (error != Errno.Success)
            {
                return error;
            }

            if (HasArrived)
            {
                inode = HoldArrived();
                break;
            }
        }

        if (RequiresDirectory && !inode.Mode.IsDirectory())
        {
            inode.Release();
            inode = null;
            return Errno.ENOTDIR;
        }

        return Errno.Success;
    }

    /// <summary>Looks the last component up before it is changed, and follows nothing.</summary>
    public readonly Errno Lookup(out Inode? inode) => Lookup(keepsMissing: false, out inode);

    /// <summary>Called before the file system is asked to change what the last component leads to. To be disposed of afterwards.</summary>
    public readonly NameChange BeginChange() => _mounts.Names.BeginChange(Directory, Name);

    /// <summary>What a link of /proc has led to, with a reference for the caller.</summary>
    public readonly Inode HoldArrived()
    {
        Directory.Hold();
        return Directory;
    }

    /// <summary>Goes on to where a link, found as the last component, leads: to the directory of its target's last component, or to the target itself.</summary>
    /// <param name="link">The link; the caller's reference is taken.</param>
    public Errno FollowLink(Inode link)
    {
        Errno error = Expand(link);
        return error == Errno.Success && !HasArrived ? ToLastComponent() : error;
    }

    /// <summary>Lets go of the directory.</summary>
    public readonly void Dispose()
    {
        _location?.Release();
        Directory?.Release();
        if (_largeBuffer is not null)
        {
            ArrayPool<byte>.Shared.Return(_largeBuffer);
        }
    }

    private Errno ToLastComponent()
    {
        while (true)
        {
            SkipSlashes();
            int end = _start;
            while (end < _buffer.Length && _buffer[end] != Slash)
            {
                end++;
            }

            (_nameStart, _nameEnd, int rest) = (_start, end, end);
            if (Name.Length > DirectoryEntry.MaxNameLength)
            {
                return Errno.ENAMETOOLONG;
            }

            _start = end;
            SkipSlashes();
            RequiresDirectory = _start > rest;
            if (_start == _buffer.Length)
            {
                // A trailing slash goes behind the target of a link, so that it counts there, too.
                _start = rest;
                return Errno.Success;
            }

            // The slash stays before the rest: it parts a link's target from it.
            _start--;
            Errno error = Step();
            if (error != Errno.Success)
            {
                return error;
            }
        }
    }

    private void SkipSlashes()
    {
        while (_start < _buffer.Length && _buffer[_start] == Slash)
        {
            _start++;
        }
    }

    /// <summary>Goes into a component that is not the last.</summary>
    private Errno Step()
    {
        Errno error = Lookup(keepsMissing: true, out Inode? next);
        if (error != Errno.Success)
        {
            return error;
        }

        if (next!.Mode.IsSymbolicLink())
        {
            error = Expand(next);
            bool isDeadEnd = HasArrived && !Directory.Mode.IsDirectory();
            HasArrived = false;
            return error == Errno.Success && isDeadEnd ? Errno.ENOTDIR : error;
        }

        if (!next.Mode.IsDirectory())
        {
            next.Release();
            return Errno.ENOTDIR;
        }

        MoveTo(next);
        return Errno.Success;
    }

    private void MoveTo(Inode directory)
    {
        Directory.Release();
        Directory = directory;
    }

    private readonly Errno Lookup(bool keepsMissing, out Inode? inode)
    {
        ReadOnlySpan<byte> name = Name;
        inode = null;
        Errno error = Directory.Operations.Permission(Directory, AccessMask.Execute);
        if (error != Errno.Success)
        {
            return error;
        }

        if (name.IsEmpty || name.SequenceEqual("."u8))
        {
            inode = Directory;
            inode.Hold();
            return Errno.Success;
        }

        if (name.SequenceEqual(".."u8))
        {
            return _mounts.Parent(Directory, out inode);
        }

        error = _mounts.Names.Lookup(Directory, name, keepsMissing, out inode);
        if (error == Errno.Success)
        {
            inode = _mounts.Enter(inode!);
        }

        return error;
    }

    /// <summary>Puts a link's target before the rest of the path, or goes straight to it. Takes the caller's reference to the link.</summary>
    private Errno Expand(Inode link)
    {
        Inode? place = null;
        FileLocation? location = null;
        Errno error = ++_links > MaxLinks ? Errno.ELOOP : link.Operations.Follow(link, out place, out location);
        if (error == Errno.Success && place is null)
        {
            return ExpandText(link);
        }

        link.Release();
        if (error == Errno.Success)
        {
            _location?.Release();
            _location = location;
            _nameStart = _nameEnd = _buffer.Length;
            HasArrived = true;
            MoveTo(place!);
        }

        return error;
    }

    private Errno ExpandText(Inode link)
    {
        IoResult target = link.Operations.ReadLink(link, _buffer[.._start]);
        if (target.Count == _start && _largeBuffer is null)
        {
            Enlarge();
            target = link.Operations.ReadLink(link, _buffer[.._start]);
        }

        link.Release();
        if (!target.IsSuccess)
        {
            return target.Error;
        }

        // All the room taken may mean that the target was cut.
        if (target.Count == 0 || target.Count == _start)
        {
            return target.Count == 0 ? Errno.ENOENT : Errno.ENAMETOOLONG;
        }

        bool isAbsolute = _buffer[0] == Slash;
        _buffer[..target.Count].CopyTo(_buffer[(_start - target.Count).._start]);
        _start -= target.Count;
        if (isAbsolute)
        {
            _mounts.Root.Hold();
            MoveTo(_mounts.Root);
        }

        return Errno.Success;
    }

    /// <summary>Goes on in a buffer for the longest path.</summary>
    private void Enlarge()
    {
        _largeBuffer = ArrayPool<byte>.Shared.Rent(MaxPathLength);
        Span<byte> buffer = _largeBuffer.AsSpan(0, MaxPathLength);
        int moved = buffer.Length - _buffer.Length;
        _buffer.CopyTo(buffer[moved..]);
        _buffer = buffer;
        _start += moved;
        _nameStart += moved;
        _nameEnd += moved;
    }
}
