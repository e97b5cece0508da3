using System.Globalization;

namespace KernelSockets.MkMinix;

/// <summary>A line that tells how far a long copy is: on a terminal only, at most ten times a second, gone at the end.</summary>
internal sealed class Progress(TextWriter output, bool isTerminal) : IDisposable
{
    private const int MillisecondsBetween = 100;
    private const double Mebibyte = 1 << 20;

    private long _lastShown = Environment.TickCount64;
    private bool _isShown;
    private long _files;
    private long _bytes;

    /// <summary>A line on standard error, if that is a terminal.</summary>
    public static Progress OnTerminal() => new(Console.Error, !Console.IsErrorRedirected);

    /// <summary>Counts a file.</summary>
    public void Add(long bytes)
    {
        _files++;
        _bytes += bytes;
        long now = Environment.TickCount64;
        if (isTerminal && now - _lastShown >= MillisecondsBetween)
        {
            _lastShown = now;
            _isShown = true;
            output.Write(string.Create(CultureInfo.InvariantCulture, $"\r{_files} files, {_bytes / Mebibyte:0.0} MiB\u001b[K"));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isShown)
        {
            output.Write("\r\u001b[K");
        }
    }
}
