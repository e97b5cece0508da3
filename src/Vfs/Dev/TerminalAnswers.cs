namespace KernelSockets.Vfs.Dev;

/// <summary>What a screen has answered while it was being written to, until it can be taken as input. Bounded; what does not fit is
/// dropped.</summary>
/// <remarks>Has a lock of its own, the innermost of the terminal's.</remarks>
internal sealed class TerminalAnswers
{
    /// <summary>Bytes kept: room for a dozen cursor positions.</summary>
    public const int Capacity = 128;

    private readonly Lock _gate = new();
    private readonly byte[] _bytes = new byte[Capacity];
    private int _count;

    /// <summary>Keeps an answer, whole or not at all.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (bytes.TryCopyTo(_bytes.AsSpan(_count)))
            {
                _count += bytes.Length;
            }
        }
    }

    /// <summary>Takes everything.</summary>
    /// <param name="destination">At least <see cref="Capacity"/> bytes.</param>
    /// <returns>How many bytes.</returns>
    public int Take(Span<byte> destination)
    {
        lock (_gate)
        {
            int count = _count;
            _bytes.AsSpan(0, count).CopyTo(destination);
            _count = 0;
            return count;
        }
    }
}
