using System.Globalization;

namespace KernelSockets.UserApps.Network.Wget;

/// <summary>Where wget writes: standard output, one file for all, or a file for each URL.</summary>
internal sealed class WgetOutput : IDisposable
{
    private const int MostCopies = 10_000;

    private readonly WgetOptions _options;
    private Stream? _stream;
    private long _start; // where the document begins in the stream
    private long _skipped; // bytes that come once more and have been written already

    /// <param name="options">The arguments.</param>
    public WgetOutput(WgetOptions options) => _options = options;

    /// <summary>Path of the file that is being written, or <c>STDOUT</c>.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>True for standard output.</summary>
    public bool IsStandard => _options.Output == "-";

    /// <summary>Bytes of the document that are here.</summary>
    public long Received { get; private set; }

    /// <summary>True once there is something to write to.</summary>
    public bool IsOpen => _stream is not null;

    private bool IsShared => _options.Output is not null;

    /// <summary>Opens what -O names, which is there even if nothing comes.</summary>
    /// <exception cref="IOException">It cannot, and others as for files.</exception>
    public void OpenShared()
    {
        if (_options.IsSpider || !IsShared)
        {
            return;
        }

        Name = IsStandard ? "STDOUT" : _options.Output!;
        _stream = IsStandard ? StandardStream.Output : OpenFile(_options.Continues ? FileMode.OpenOrCreate : FileMode.Create);
    }

    /// <summary>A new document begins: with -c, after what is there of it.</summary>
    /// <param name="name">Name of its file, if it gets one of its own.</param>
    /// <exception cref="IOException">It cannot, and others as for files.</exception>
    public void Begin(string name)
    {
        _skipped = 0;
        Received = 0;
        if (IsShared)
        {
            bool continues = _options.Continues && !IsStandard && _start == 0;
            _start = continues || IsStandard || _stream is null ? 0 : _stream.Length;
            Received = continues ? _stream!.Length : 0;
            return;
        }

        Close();
        _start = 0;
        Name = Path.Combine(_options.Prefix, name);
        if (_options.Continues && File.Exists(Name))
        {
            _stream = OpenFile(FileMode.Open);
            Received = _stream.Length;
        }
    }

    /// <summary>Something comes: a document without a file gets one, whose name nobody has.</summary>
    /// <exception cref="IOException">It cannot, and others as for files.</exception>
    public void Prepare()
    {
        if (_stream is null)
        {
            if (_options.Prefix.Length > 0)
            {
                _ = Directory.CreateDirectory(_options.Prefix);
            }

            _stream = CreateUnique();
        }

        if (!IsStandard)
        {
            _stream.Position = _start + Received + _skipped;
        }
    }

    /// <summary>The document comes from its beginning once more. As GNU wget we trust that it is the same, and go on where it ends here.</summary>
    public void Restart()
    {
        _skipped += Received;
        Received = 0;
    }

    /// <summary>Writes bytes of the document.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        int known = (int)Math.Min(_skipped, bytes.Length);
        _skipped -= known;
        Received += bytes.Length;
        _stream!.Write(bytes[known..]);
    }

    /// <summary>The document is whole.</summary>
    /// <param name="modifiedAt">The time that its file gets; null for now.</param>
    public void Finish(DateTimeOffset? modifiedAt)
    {
        _stream?.Flush();
        if (IsShared)
        {
            return;
        }

        Close();
        if (modifiedAt is { } time)
        {
            File.SetLastWriteTimeUtc(Name, time.UtcDateTime);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    private void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private FileStream OpenFile(FileMode mode) => new(Name, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);

    private FileStream CreateUnique()
    {
        string first = Name;
        for (int i = 1; File.Exists(Name) || Directory.Exists(Name); i++)
        {
            Name = i <= MostCopies ? string.Create(CultureInfo.InvariantCulture, $"{first}.{i}") : throw new IOException($"there are too many files named {first}");
        }

        return OpenFile(FileMode.CreateNew);
    }
}
