using System.Text;

namespace KernelSockets.UserApps;

/// <summary>Opens what a command's redirections name (POSIX XCU §2.7).</summary>
internal sealed class Redirector(IJobControl jobs, WordExpander expander)
{
    /// <summary>A pipe takes that much without a reader, and so a here-document may not be longer.</summary>
    private const int PipeCapacity = 65_536;

    /// <summary>Makes the descriptors of a command.</summary>
    /// <param name="before">Those of the shell.</param>
    /// <param name="redirections">In order.</param>
    /// <param name="isFatal">True where a failure ends a script: with the special built-ins (XCU §2.8.1).</param>
    /// <returns>The caller disposes of them.</returns>
    /// <exception cref="ShellException">A file cannot be opened; with status 1 unless that is fatal.</exception>
    public ShellFiles Apply(ShellFiles before, IReadOnlyList<Redirection> redirections, bool isFatal)
    {
        ShellFiles files = before.Clone();
        try
        {
            foreach (Redirection redirection in redirections)
            {
                if (redirection.Descriptor >= ShellFiles.Count)
                {
                    throw new ShellException($"{redirection.Descriptor}: {Errno.EBADF.Describe()}", 1);
                }

                Apply(files, redirection);
            }

            return files;
        }
        catch (ShellException exception) when (isFatal && exception.Status == 1)
        {
            files.Dispose();
            throw new ShellException(exception.Message);
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    private void Apply(ShellFiles files, Redirection redirection)
    {
        switch (redirection.Kind)
        {
            case RedirectionKind.Here:
                files.Replace(redirection.Descriptor, Document(expander.Text(redirection.Document!.Text)));
                break;
            case RedirectionKind.Duplicate:
                Duplicate(files, redirection.Descriptor, expander.Text(redirection.Target));
                break;
            default:
                files.Replace(redirection.Descriptor, Open(expander.Text(redirection.Target), redirection.Kind));
                break;
        }
    }

    private OpenFile Open(string path, RedirectionKind kind)
    {
        OpenFlags flags = kind switch
        {
            RedirectionKind.Read => OpenFlags.ReadOnly,
            RedirectionKind.ReadWrite => OpenFlags.ReadWrite | OpenFlags.Create,
            RedirectionKind.Append => OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append,
            _ => OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate,
        };
        OpenFile? file = null;
        Errno error = path.Contains('\0', StringComparison.Ordinal) ? Errno.ENOENT : jobs.TryOpen(path, flags, out file);
        return file ?? throw Failed(path, error);
    }

    private static ShellException Failed(string what, Errno error) =>
        error == Errno.EINTR ? new ShellException("", App.InterruptedStatus) : new ShellException($"{what}: {error.Describe()}", 1);

    private OpenFile Document(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > PipeCapacity)
        {
            throw Failed("here-document", Errno.EFBIG);
        }

        Errno error = jobs.TryPipe(out OpenFile? reader, out OpenFile? writer);
        if (error != Errno.Success)
        {
            throw Failed("here-document", error);
        }

        IoResult written = writer!.Write(bytes);
        writer.Release();
        if (!written.IsSuccess)
        {
            reader!.Release();
            throw Failed("here-document", written.Error);
        }

        return reader!;
    }

    private static void Duplicate(ShellFiles files, int descriptor, string source)
    {
        if (source == "-")
        {
            files.Replace(descriptor, null);
            return;
        }

        if (!int.TryParse(source, out int number) || (uint)number >= ShellFiles.Count || files[number] is not { } file)
        {
            throw new ShellException($"{source}: {Errno.EBADF.Describe()}", 1);
        }

        file.Hold();
        files.Replace(descriptor, file);
    }
}
