using System.Text;

namespace KernelSockets.UserApps;

/// <summary>The descriptors of a shell, 0 to 9, of which 0 to 2 are given to the programs that it starts. Holds a reference to each file.</summary>
/// <remarks>Used by the shell's task only.</remarks>
internal sealed class ShellFiles : IDisposable
{
    /// <summary>Descriptors that a redirection can name.</summary>
    public const int Count = 10;

    private readonly OpenFile?[] _files = new OpenFile?[Count];

    /// <summary>The file behind a descriptor; null for a closed one.</summary>
    public OpenFile? this[int descriptor] => _files[descriptor];

    /// <summary>What a program gets.</summary>
    public JobFiles Standard => new(_files[0], _files[1], _files[2]);

    /// <summary>The calling job's own.</summary>
    public static ShellFiles OfCaller(IJobControl jobs)
    {
        var files = new ShellFiles();
        for (int descriptor = 0; descriptor <= 2; descriptor++)
        {
            files._files[descriptor] = jobs.StandardFile(descriptor);
        }

        return files;
    }

    /// <summary>The same files once more.</summary>
    public ShellFiles Clone()
    {
        var copy = new ShellFiles();
        for (int descriptor = 0; descriptor < Count; descriptor++)
        {
            _files[descriptor]?.Hold();
            copy._files[descriptor] = _files[descriptor];
        }

        return copy;
    }

    /// <summary>Puts a file behind a descriptor, and closes what was there.</summary>
    /// <param name="descriptor">0 to 9.</param>
    /// <param name="file">The file, whose reference is taken over; null to close only.</param>
    public void Replace(int descriptor, OpenFile? file)
    {
        OpenFile? before = _files[descriptor];
        _files[descriptor] = file;
        before?.Release();
    }

    /// <summary>Writes a text.</summary>
    /// <returns><see cref="Errno.EBADF"/> for a closed descriptor, or what the file says.</returns>
    public Errno Write(int descriptor, string text)
    {
        ReadOnlySpan<byte> left = Encoding.UTF8.GetBytes(text);
        while (!left.IsEmpty)
        {
            IoResult result = _files[descriptor]?.Write(left) ?? Errno.EBADF;
            if (!result.IsSuccess)
            {
                return result.Error;
            }

            left = left[result.Count..];
        }

        return Errno.Success;
    }

    /// <summary>True for a descriptor that is a terminal.</summary>
    public bool IsTerminal(int descriptor) =>
        _files[descriptor]?.Ioctl(IoctlRequest.TerminalGetSettings, 0, new byte[IoctlRequest.ArgumentSize(IoctlRequest.TerminalGetSettings)]).IsSuccess == true;

    /// <summary>Closes all.</summary>
    public void Dispose()
    {
        for (int descriptor = 0; descriptor < Count; descriptor++)
        {
            Replace(descriptor, null);
        }
    }
}
