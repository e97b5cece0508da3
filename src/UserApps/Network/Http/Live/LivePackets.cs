using KernelSockets.Filters;
using KernelSockets.UserApps.Network.PacketCapture;

namespace KernelSockets.UserApps.Network.Http.Live;

/// <summary>
/// The last packets of all interfaces, decoded; the server's own connections are left out. They are captured only while somebody looks, in a small buffer, and
/// decoded only when they are asked for.
/// </summary>
internal sealed class LivePackets : IDisposable
{
    /// <summary>Packets kept.</summary>
    public const int Kept = 24;

    private const int SnapLength = 160;
    private const int BufferBytes = 64 * 1024;
    private const int MostAtOnce = 512;

    private readonly Queue<string> _lines = new();
    private readonly FramePrinter _printer = new(new PrintOptions { AbsoluteSequence = true });
    private readonly BpfInstruction[] _filter;
    private CaptureSocket? _socket;

    /// <param name="port">The server's port.</param>
    public LivePackets(int port) => _filter = FilterParser.TryParse($"not tcp port {port}", static _ => null, out FilterNode? node) is null
        ? FilterCompiler.Compile(node, SnapLength)
        : throw new ArgumentOutOfRangeException(nameof(port));

    /// <summary>True while packets are captured.</summary>
    public bool IsOpen => _socket is not null;

    /// <summary>Why there is nothing to see; null when there is.</summary>
    public string? Failure { get; private set; }

    /// <summary>Takes what has come, and starts to capture if need be.</summary>
    /// <returns>The last packets, a line each, the oldest first.</returns>
    public IReadOnlyCollection<string> Read()
    {
        if (_socket is null)
        {
            Failure = CaptureSocket.TryOpen("any", _filter, isPromiscuous: false, out _socket, BufferBytes, waits: false);
        }

        for (int i = 0; i < MostAtOnce && _socket is not null && _socket.TryReceive(out CapturedFrame frame); i++)
        {
            _lines.Enqueue(_printer.Format(frame));
            if (_lines.Count > Kept)
            {
                _ = _lines.Dequeue();
            }
        }

        return _lines;
    }

    /// <summary>Stops to capture.</summary>
    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
        _lines.Clear();
    }
}
