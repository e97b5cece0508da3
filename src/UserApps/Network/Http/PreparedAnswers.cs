namespace KernelSockets.UserApps.Network.Http;

/// <summary>Whole answers to requests for small files, head and body, for as long as the Date in them holds: a busy page costs one send.</summary>
internal sealed class PreparedAnswers
{
    /// <summary>The largest body of a prepared answer.</summary>
    public const int LargestBody = 8 * 1024;

    private const int Most = 256;

    // Files are told apart as objects: their content may have changed in the meantime, and then there is another object.
    private readonly Dictionary<HttpFile, byte[]> _kept = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<HttpFile, byte[]> _closing = new(ReferenceEqualityComparer.Instance);
    private string _date = string.Empty;

    /// <summary>Finds an answer, pinned; null when there is none yet.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isKept">The connection is kept.</param>
    /// <param name="date">The Date field of an answer now.</param>
    public byte[]? Find(HttpFile file, bool isKept, string date)
    {
        if (!ReferenceEquals(date, _date))
        {
            _date = date;
            _kept.Clear();
            _closing.Clear();
        }

        return For(isKept).GetValueOrDefault(file);
    }

    /// <summary>Keeps an answer, after <see cref="Find"/> had none.</summary>
    /// <returns>The answer, pinned.</returns>
    public byte[] Add(HttpFile file, bool isKept, ReadOnlySpan<byte> answer)
    {
        byte[] kept = GC.AllocateUninitializedArray<byte>(answer.Length, pinned: true);
        answer.CopyTo(kept);
        Dictionary<HttpFile, byte[]> answers = For(isKept);
        if (answers.Count == Most)
        {
            answers.Clear();
        }

        answers.Add(file, kept);
        return kept;
    }

    private Dictionary<HttpFile, byte[]> For(bool isKept) => isKept ? _kept : _closing;
}
