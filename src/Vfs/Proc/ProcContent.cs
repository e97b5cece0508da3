namespace KernelSockets.Vfs.Proc;

/// <summary>The content of a file of /proc as one open file has it.</summary>
internal sealed class ProcContent(ProcFile file)
{
    private readonly Lock _gate = new();
    private byte[]? _content;

    /// <summary>Reads at a position; at 0 the content is made anew.</summary>
    public IoResult Read(Span<byte> data, long position)
    {
        byte[] content;
        lock (_gate)
        {
            if (position == 0 || _content is null)
            {
                Errno error = file.Generate(out content);
                if (error != Errno.Success)
                {
                    return error;
                }

                _content = content;
            }

            content = _content;
        }

        if (position >= content.Length)
        {
            return IoResult.Ok(0);
        }

        ReadOnlySpan<byte> rest = content.AsSpan((int)position);
        int count = Math.Min(rest.Length, data.Length);
        rest[..count].CopyTo(data);
        return IoResult.Ok(count);
    }
}
