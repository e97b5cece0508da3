using System.Text;
using KernelSockets.Kernel.Diagnostics;
using KernelSockets.Vfs;

namespace KernelSockets.Kernel.Network;

/// <summary>The files that resolvers read: /etc/hosts and /etc/resolv.conf (hosts(5), resolv.conf(5)).</summary>
/// <remarks>A file is written under another name and then renamed, so that nobody reads half of one.</remarks>
internal sealed class NetworkFiles
{
    private const InodeMode FileMode = InodeMode.DefaultFile;

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

    /// <summary>Writes /etc/hosts.</summary>
    /// <param name="hostName">Our name.</param>
    public void WriteHosts(string hostName) => Write("/etc/hosts", $"127.0.0.1 localhost\n127.0.1.1 {hostName}\n");

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

        Write("/etc/resolv.conf", text.ToString());
    }

    private void Write(string path, string text)
    {
        byte[] name = Encoding.ASCII.GetBytes(path);
        byte[] temporary = Encoding.ASCII.GetBytes(path + ".new");
        const OpenFlags Flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate;
        Errno error = _vfs.TryOpen(_vfs.Root, temporary, Flags, FileMode, out OpenFile? file);
        if (error == Errno.Success)
        {
            error = file!.Write(Encoding.ASCII.GetBytes(text)).Error;
            file.Release();
        }

        error = error == Errno.Success ? _vfs.Rename(_vfs.Root, temporary, name) : error;
        if (error != Errno.Success)
        {
            Log.Error($"net: {path}: {error.Describe()}");
        }
    }
}
