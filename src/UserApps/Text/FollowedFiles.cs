namespace KernelSockets.UserApps.Text;

/// <summary>The files that <c>tail -f</c> keeps open: what is added to them is shown, each time under the name of the file where there are several.</summary>
internal sealed class FollowedFiles(TextProgram program, FileHeadings headings) : IDisposable
{
    private const int BufferSize = 65_536;

    private readonly List<(string Name, Stream Stream)> _files = [];
    private readonly byte[] _buffer = new byte[BufferSize];

    /// <summary>How many are followed.</summary>
    public int Count => _files.Count;

    /// <summary>Follows a file from some place in it.</summary>
    public void Add(string name, long position)
    {
        Stream stream = program.Open(name);
        stream.Seek(position, SeekOrigin.Begin);
        _files.Add((name, stream));
    }

    /// <summary>Looks for more again and again. Nothing tells when a file grows, so it looks at intervals, as coreutils do where there is no inotify.</summary>
    /// <returns>Exit status once it was interrupted, or no file can be read any more.</returns>
    public int Follow(TimeSpan interval, Func<TimeSpan, Errno> sleep)
    {
        while (_files.Count > 0)
        {
            program.Output.Flush();
            if (sleep(interval) != Errno.Success)
            {
                return App.InterruptedStatus;
            }

            _files.RemoveAll(file => !TryShowMore(file.Name, file.Stream));
        }

        program.Fail("no files remaining");
        return program.Status;
    }

    public void Dispose()
    {
        foreach ((_, Stream stream) in _files)
        {
            program.Close(stream);
        }
    }

    private bool TryShowMore(string name, Stream stream)
    {
        try
        {
            if (stream.Length < stream.Position)
            {
                program.Output.Flush();
                Console.Error.WriteLine($"{program.Name}: {name}: file truncated");
                stream.Seek(0, SeekOrigin.Begin);
            }

            int read = stream.Read(_buffer);
            while (read > 0)
            {
                headings.Write(name);
                program.Output.Write(_buffer.AsSpan(0, read));
                read = stream.Read(_buffer);
            }

            return true;
        }
        catch (Exception exception) when (TextProgram.IsOfFile(exception))
        {
            program.Fail(headings.Describe(name, true, Files.FileReport.Describe(exception)));
            program.Close(stream);
            return false;
        }
    }
}
