namespace KernelSockets.UserApps.Text;

/// <summary>The names that head and tail print above what they show of several files.</summary>
internal sealed class FileHeadings(ByteWriter output, bool areShown)
{
    private string? _last;

    /// <summary>Writes the name of a file, unless what was written last is of the same file.</summary>
    public void Write(string file)
    {
        if (areShown && _last != file)
        {
            string name = file == "-" ? "standard input" : file;
            output.Write($"{(_last is null ? "" : "\n")}==> {name} <==\n");
        }

        _last = file;
    }

    /// <summary>How head and tail word that a file cannot be opened or read; one that is open has its name shown.</summary>
    public string Describe(string file, bool isOpen, string reason)
    {
        if (!isOpen)
        {
            return $"cannot open '{file}' for reading: {reason}";
        }

        Write(file);
        return $"error reading '{(file == "-" ? "standard input" : file)}': {reason}";
    }
}
