using System.Text;
using KernelSockets.Vfs.Events;

namespace KernelSockets.Vfs;

/// <summary>How /proc names what is open (proc(5), /proc/pid/fd): by path as far as there is one, else by kind and inode.</summary>
internal static class FileName
{
    /// <summary>The name of an open file.</summary>
    /// <returns>Bytes of it, cut to the room there is.</returns>
    public static IoResult Of(VirtualFileSystem vfs, OpenFile file, Span<byte> name)
    {
        if (file.Inode.Mode.IsDirectory())
        {
            return OfDirectory(vfs, file.Inode, name);
        }

        return file.Location is { } location ? OfLocation(vfs, file.Inode, location, name) : Store(Encoding.UTF8.GetBytes(OfNameless(file)), name);
    }

    /// <summary>The path of a directory.</summary>
    public static IoResult OfDirectory(VirtualFileSystem vfs, Inode directory, Span<byte> name)
    {
        Span<byte> path = stackalloc byte[PathWalk.MaxPathLength];
        IoResult result = vfs.GetPath(directory, path);
        return result.Error == Errno.ENOENT ? Store("/ (deleted)"u8, name) : result.IsSuccess ? Store(path[..result.Count], name) : result;
    }

    private static IoResult OfLocation(VirtualFileSystem vfs, Inode inode, FileLocation location, Span<byte> name)
    {
        Span<byte> path = stackalloc byte[PathWalk.MaxPathLength];
        IoResult result = vfs.GetPath(location.Directory, inode, location.Name, path);
        return result.IsSuccess ? Store(path[..result.Count], name) : result;
    }

    private static string OfNameless(OpenFile file) => file.Operations.Type switch
    {
        FileSystemType.Pipe => $"pipe:[{file.Inode.Number}]",
        FileSystemType.Socket => $"socket:[{file.Inode.Number}]",
        FileSystemType.Event => file.State is EventCounter ? "anon_inode:[eventfd]" : "anon_inode:[eventpoll]",
        _ => $"anon_inode:[{file.Operations.Name}]",
    };

    private static IoResult Store(ReadOnlySpan<byte> text, Span<byte> name)
    {
        int count = Math.Min(text.Length, name.Length);
        text[..count].CopyTo(name);
        return IoResult.Ok(count);
    }
}
