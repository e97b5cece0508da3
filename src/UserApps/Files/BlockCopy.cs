using System.Diagnostics;
using System.Globalization;

namespace KernelSockets.UserApps.Files;

/// <summary>dd: copies blocks.</summary>
internal sealed class BlockCopy : IDisposable
{
    public const string Help = """
        Usage: dd [OPERAND]...
        Copies blocks of bytes.
          if=FILE, of=FILE            from, to; without them the standard input and output
          bs=N, ibs=N, obs=N          bytes a block: both, of the input, of the output (512)
          count=N, skip=N, seek=N     blocks to copy; to leave out of the input; of the output
          conv=WORD,...               notrunc, sync, noerror, fsync, fdatasync, excl, nocreat, lcase, ucase, swab
          iflag=WORD,...              fullblock, count_bytes, skip_bytes
          oflag=WORD,...              append, seek_bytes
          status=none|noxfer          prints nothing, or only the numbers of blocks
        N may end with c (1), w (2), b (512), K, M, G or kB, MB, GB, and be a product: 2x512. A count, skip or seek that ends with B is one of bytes.

        """;

    private readonly BlockCopyOptions _options;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly byte[] _block;
    private readonly byte[] _gathered;
    private Stream _input = Stream.Null;
    private Stream _output = Stream.Null;
    private int _gatheredCount;
    private long _fullIn;
    private long _partialIn;
    private long _fullOut;
    private long _partialOut;
    private long _bytesOut;
    private int _status;

    private BlockCopy(BlockCopyOptions options)
    {
        _options = options;
        _block = new byte[options.InputBlock];
        _gathered = options.IsDirect ? [] : new byte[options.OutputBlock];
    }

    public static int Main(string[] arguments)
    {
        if (BlockCopyOptions.TryParse(arguments, out BlockCopyOptions options) is { } error)
        {
            bool isMisuse = error.StartsWith("unrecognized", StringComparison.Ordinal) || error.Contains("conversion", StringComparison.Ordinal) || error.Contains("flag", StringComparison.Ordinal);
            Console.Error.WriteLine($"dd: {error}");
            if (isMisuse)
            {
                Console.Error.WriteLine("Try 'dd --help' for more information.");
            }

            return 1;
        }

        using BlockCopy copy = new(options);
        return copy.Run();
    }

    public void Dispose()
    {
        _input.Dispose();
        _output.Dispose();
    }

    private int Run()
    {
        if (!TryDo($"failed to open '{_options.Input}'", OpenInput) || !TryDo($"failed to open '{_options.Output}'", OpenOutput))
        {
            return 1;
        }

        if (TryDo($"error writing '{_options.Output ?? "standard output"}'", Copy) && _options.Synchronizes && _output is FileStream file)
        {
            _ = TryDo($"fsync failed for '{_options.Output}'", () => file.Flush(flushToDisk: true));
        }

        Report();
        return _status;
    }

    private bool TryDo(string what, Action act)
    {
        try
        {
            act();
            return true;
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            _status = FileReport.Report("dd", what, exception);
            return false;
        }
    }

    private void OpenInput() => _input = _options.Input is { } path
        ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0)
        : StandardStream.Input;

    private void OpenOutput()
    {
        if (_options.Output is not { } path)
        {
            _output = StandardStream.Output;
            return;
        }

        FileMode mode = _options.MustBeNew ? FileMode.CreateNew : _options.MustExist ? FileMode.Open : _options.Appends ? FileMode.Append : FileMode.OpenOrCreate;
        FileStream file = new(path, mode, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        _output = file;
        bool isRegular = FileStatus.TryRead(path, follows: true, out FileStatus? status) == Errno.Success && status!.IsRegular;
        if (isRegular && !_options.KeepsLength && !_options.Appends)
        {
            file.SetLength(_options.Seek);
        }

        if (_options.Seek > 0)
        {
            file.Seek(_options.Seek, SeekOrigin.Begin);
        }
    }

    private void Copy()
    {
        if (!SkipInput())
        {
            return;
        }

        long rest = _options.Count;
        while (rest > 0)
        {
            int wanted = _options.CountsBytes ? (int)Math.Min(rest, _block.Length) : _block.Length;
            int count = ReadBlock(wanted);
            if (count < 0)
            {
                break;
            }

            rest -= _options.CountsBytes ? Math.Max(count, 1) : 1;
            if (_options.FillsBlocks && count < _block.Length)
            {
                Array.Clear(_block, count, _block.Length - count);
                count = _block.Length;
            }

            _options.Convert?.Invoke(_block.AsMemory(0, count));
            Write(_block.AsSpan(0, count));
        }

        Emit(_gathered.AsSpan(0, _gatheredCount));
    }

    /// <returns>False when there is nothing left to copy.</returns>
    private bool SkipInput()
    {
        if (_options.Skip == 0)
        {
            return true;
        }

        bool isRegular = _options.Input is { } path && FileStatus.TryRead(path, follows: true, out FileStatus? status) == Errno.Success && status!.IsRegular;
        if (isRegular && _options.Skip > _input.Length)
        {
            Console.Error.WriteLine($"dd: {_options.Input}: cannot skip to specified offset");
            return false;
        }

        if (_input.CanSeek)
        {
            _input.Seek(_options.Skip, SeekOrigin.Begin);
            return true;
        }

        for (long left = _options.Skip; left > 0;)
        {
            int count = _input.Read(_block, 0, (int)Math.Min(left, _block.Length));
            if (count == 0)
            {
                return false;
            }

            left -= count;
        }

        return true;
    }

    /// <summary>Reads a block, and counts it.</summary>
    /// <returns>Its bytes; 0 for one that cannot be read and is left out, -1 at the end.</returns>
    private int ReadBlock(int wanted)
    {
        int count = 0;
        try
        {
            int read;
            do
            {
                read = _input.Read(_block, count, wanted - count);
                count += read;
            }
            while (_options.ReadsFullBlocks && read > 0 && count < wanted);
        }
        catch (Exception exception) when (FileReport.Is(exception))
        {
            _status = FileReport.Report("dd", $"error reading '{_options.Input ?? "standard input"}'", exception);
            if (!_options.IgnoresErrors || !_input.CanSeek)
            {
                return -1;
            }

            _input.Seek(wanted, SeekOrigin.Current);
            _partialIn++;
            return 0;
        }

        if (count == 0)
        {
            return -1;
        }

        _fullIn += count == _block.Length ? 1 : 0;
        _partialIn += count == _block.Length ? 0 : 1;
        return count;
    }

    private void Write(ReadOnlySpan<byte> data)
    {
        if (_options.IsDirect)
        {
            Emit(data);
            return;
        }

        while (!data.IsEmpty)
        {
            int count = Math.Min(data.Length, _gathered.Length - _gatheredCount);
            data[..count].CopyTo(_gathered.AsSpan(_gatheredCount));
            _gatheredCount += count;
            data = data[count..];
            if (_gatheredCount == _gathered.Length)
            {
                Emit(_gathered);
                _gatheredCount = 0;
            }
        }
    }

    /// <summary>Writes a block, and counts it.</summary>
    private void Emit(ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
        {
            return;
        }

        _output.Write(block);
        _fullOut += block.Length == _options.OutputBlock ? 1 : 0;
        _partialOut += block.Length == _options.OutputBlock ? 0 : 1;
        _bytesOut += block.Length;
    }

    private void Report()
    {
        if (_options.Status == "none")
        {
            return;
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_fullIn}+{_partialIn} records in\n{_fullOut}+{_partialOut} records out"));
        if (_options.Status == "noxfer")
        {
            return;
        }

        double seconds = Math.Max(_time.Elapsed.TotalSeconds, 1e-9);
        string sizes = _bytesOut < 1000 ? "" : _bytesOut < 1024 ? $" ({Scale(_bytesOut, 1000, "kMGTPE", "B")})" : $" ({Scale(_bytesOut, 1000, "kMGTPE", "B")}, {Scale(_bytesOut, 1024, "KMGTPE", "iB")})";
        string unit = _bytesOut == 1 ? "byte" : "bytes";
        Console.Error.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{_bytesOut} {unit}{sizes} copied, {seconds:G6} s, {Scale((long)(_bytesOut / seconds), 1000, "kMGTPE", "B")}/s"));
    }

    /// <summary>A size for people, to the nearest: one decimal below ten.</summary>
    private static string Scale(long bytes, int step, string powers, string unit)
    {
        double value = bytes;
        int power = 0;
        while (value >= step && power < powers.Length)
        {
            value /= step;
            power++;
        }

        bool hasTenths = power > 0 && Math.Round(value, 1) < 10;
        string number = value.ToString(hasTenths ? "0.0" : "0", CultureInfo.InvariantCulture);
        return power == 0 ? $"{number} B" : $"{number} {powers[power - 1]}{unit}";
    }
}
