using System.Text;
using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Network;

/// <summary>The files that resolvers read: /etc/hosts and /etc/resolv.conf (hosts(5), resolv.conf(5)).</summary>
/// <remarks>
/// A file is written under another name and then renamed, so that nobody reads half of one. Where /etc/resolv.conf is a symbolic link, as in the image of
/// the root, the file it leads to is written: in /tmp, which is in memory, so that a root that is full or cannot be written does not matter.
/// </remarks>
internal sealed class NetworkFiles
{
    private const InodeMode FileMode = InodeMode.DefaultFile;

    private const int MaximumTarget = 255;

    private readonly VirtualFileSystem _vfs;

    public NetworkFiles(VirtualFileSystem vfs)
    {
        _vfs = vfs;
        Errno error = vfs.MakeDirectory(vfs.Root, "/etc"u8, InodeMode.DefaultDirectory);
        if (error is not (Errno.Success or Errno.EEXIST))
        {
            Log.Error($"net: /etc: {error.Describe()}");
        }
    }

    /// <summary>Writes /etc/hosts, if there is none: one that is there is the user's.</summary>
    /// <param name="hostName">Our name.</param>
    public void WriteHosts(string hostName)
    {
        if (_vfs.Stat(_vfs.Root, "/etc/hosts"u8, follows: true, out _) == Errno.ENOENT)
        {
            Write("/etc/hosts", $"127.0.0.1 localhost\n127.0.1.1 {hostName}\n");
        }
    }

    /// <summary>Writes /etc/resolv.conf.</summary>
    /// <param name="nameServers">Whom to ask; none leaves the resolver with its default, which is ourselves.</param>
    /// <param name="domain">Where to look for names without dots; empty for nowhere.</param>
    public void WriteResolver(IEnumerable<Ipv4Address> nameServers, string domain)
    {
        StringBuilder text = new();
        foreach (Ipv4Address server in nameServers)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        if (domain.Length > 0)
        {
            text.Append("search ").Append(domain).Append('\n');
        }

        Write(FollowLink("/etc/resolv.conf"), text.ToString());
    }

    /// <summary>Where a path leads that may be a symbolic link with an absolute target, which need not exist yet.</summary>
    private string FollowLink(string path)
    {
        Span<byte> target = stackalloc byte[MaximumTarget];
        IoResult result = _vfs.ReadLink(_vfs.Root, Encoding.ASCII.GetBytes(path), target);
        return result.Count > 0 && target[0] == (byte)'/' ? Encoding.UTF8.GetString(target[..result.Count]) : path;
    }

    private void Write(string path, string text)
    {
        byte[] name = Encoding.UTF8.GetBytes(path);
        byte[] temporary = Encoding.UTF8.GetBytes(path + ".new");
        const OpenFlags Flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate;
        Errno error = _vfs.TryOpen(_vfs.Root, temporary, Flags, FileMode, out OpenFile? file);
        if (error == Errno.Success)
        {
            byte[] content = Encoding.ASCII.GetBytes(text);
            IoResult written = file!.Write(content);
            error = written.IsSuccess && written.Count < content.Length ? Errno.ENOSPC : written.Error;
            file.Release();
        }

        error = error == Errno.Success ? _vfs.Rename(_vfs.Root, temporary, name) : error;
        if (error != Errno.Success)
        {
            _ = _vfs.Unlink(_vfs.Root, temporary); // half a file helps nobody; most often there is none
            Log.Error($"net: {path}: {error.Describe()}");
        }
    }
}
