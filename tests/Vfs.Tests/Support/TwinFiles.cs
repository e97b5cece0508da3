namespace KernelSockets.Vfs.Tests.Support;

/// <summary>The same call on names, to our files and to the host's: what it was, and both outcomes.</summary>
internal sealed class TwinFiles(Fixture files, HostFiles host)
{
    public (string Call, Errno Ours, Errno Theirs) MakeDirectory(string path) =>
        ($"mkdir {path}", files.Vfs.MakeDirectory(files.Root, Fixture.Bytes(path), InodeMode.DefaultDirectory), host.MakeDirectory(path));

    public (string Call, Errno Ours, Errno Theirs) RemoveDirectory(string path) =>
        ($"rmdir {path}", files.Vfs.RemoveDirectory(files.Root, Fixture.Bytes(path)), host.RemoveDirectory(path));

    public (string Call, Errno Ours, Errno Theirs) Unlink(string path) =>
        ($"unlink {path}", files.Vfs.Unlink(files.Root, Fixture.Bytes(path)), host.Unlink(path));

    public (string Call, Errno Ours, Errno Theirs) Link(string existing, string path) =>
        ($"link {existing} {path}", files.Vfs.Link(files.Root, Fixture.Bytes(existing), Fixture.Bytes(path), follows: false), host.Link(existing, path));

    public (string Call, Errno Ours, Errno Theirs) SymbolicLink(string target, string path) =>
        ($"symlink {target} {path}", files.Vfs.MakeSymbolicLink(files.Root, Fixture.Bytes(target), Fixture.Bytes(path)), host.SymbolicLink(target, path));

    public (string Call, Errno Ours, Errno Theirs) Rename(string from, string to) =>
        ($"rename {from} {to}", files.Vfs.Rename(files.Root, Fixture.Bytes(from), Fixture.Bytes(to)), host.Rename(from, to));

    public (string Call, Errno Ours, Errno Theirs) Truncate(string path, int size) =>
        ($"truncate {path} {size}", files.Vfs.Truncate(files.Root, Fixture.Bytes(path), size), host.Truncate(path, size));

    public (string Call, Errno Ours, Errno Theirs) MakeFifo(string path) =>
        ($"mkfifo {path}", files.Vfs.MakeNode(files.Root, Fixture.Bytes(path), InodeMode.Fifo | InodeMode.DefaultFile, DeviceNumber.None), host.MakeFifo(path));

    public (string Call, Errno Ours, Errno Theirs) ChangeMode(string path, InodeMode mode) =>
        ($"chmod {mode} {path}", files.Vfs.Change(files.Root, Fixture.Bytes(path), follows: true, new InodeChange { Permissions = mode }), host.ChangeMode(path, mode));

    public (string Call, Errno Ours, Errno Theirs) Open(string path, OpenFlags flags) =>
        ($"open {path} {flags}", files.TryOpen(path, flags), host.Open(path, flags));
}
