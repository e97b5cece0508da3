namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>Where captured frames go: to the console as lines, or to a file.</summary>
internal sealed class FrameSink
{
    private readonly TcpdumpOptions _options;
    private readonly FramePrinter _printer;
    private readonly PcapWriter? _writer;

    /// <param name="options">What was asked for.</param>
    /// <param name="output">The file; null for lines.</param>
    public FrameSink(TcpdumpOptions options, Stream? output)
    {
        _options = options;
        _printer = new FramePrinter(options.Print);
        _writer = output is null ? null : new PcapWriter(output, options.SnapLength);
    }

    /// <summary>Frames taken.</summary>
    public int Taken { get; private set; }

    /// <summary>True when there were as many as were asked for.</summary>
    public bool IsFull => _options.Count > 0 && Taken >= _options.Count;

    /// <summary>Takes one.</summary>
    public void Take(CapturedFrame frame)
    {
        Taken++;
        if (_writer is not null)
        {
            _writer.Write(frame);
        }
        else if (!_options.OnlyCounts)
        {
            Console.Out.WriteLine(_printer.Format(frame));
        }
    }

    /// <summary>Says what is said at the end.</summary>
    public void Finish()
    {
        if (_options.OnlyCounts)
        {
            Console.Out.WriteLine(Taken == 1 ? "1 packet" : $"{Taken} packets");
        }
    }
}
