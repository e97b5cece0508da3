namespace KernelSockets.Vfs.Dev;

/// <summary>A <see cref="Terminal"/> without devices: what it shows is kept until a program takes it (pty(7)).</summary>
/// <remarks>Called by tasks. The output has a lock of its own, taken after those of the terminal and never while waiting for them.</remarks>
public sealed class PseudoTerminal
{
    private readonly ScreenBuffer _screen;

    /// <summary>A terminal with nothing on it.</summary>
    /// <param name="queues">Makes wait queues.</param>
    /// <param name="clock">Times VTIME.</param>
    public PseudoTerminal(IWaitQueueFactory queues, Clock clock)
    {
        ArgumentNullException.ThrowIfNull(queues);
        _screen = new ScreenBuffer(queues);
        Terminal = new Terminal(_screen, queues, clock);
    }

    /// <summary>Bytes of output that may wait to be taken; whoever writes more waits.</summary>
    public static int Capacity => ScreenBuffer.Capacity;

    /// <summary>The terminal.</summary>
    public Terminal Terminal { get; }

    /// <summary>Waits for output.</summary>
    /// <param name="destination">At least one byte.</param>
    /// <param name="deadline">When to give up.</param>
    /// <returns>Bytes; 0 once it is hung up and everything has been taken; <see cref="Errno.ETIME"/>, <see cref="Errno.EINTR"/>.</returns>
    public IoResult ReadOutput(Span<byte> destination, Instant deadline) => _screen.Take(destination, deadline);

    /// <summary>Nobody takes output any more, and no key will come.</summary>
    public void HangUp()
    {
        _screen.Close(); // first: somebody may hold the terminal's locks while he waits for room
        Terminal.HangUp();
    }

    private sealed class ScreenBuffer(IWaitQueueFactory queues) : TerminalOutput
    {
        public const int Capacity = 16 * 1024;

        private readonly Lock _gate = new();
        private readonly WaitQueue _changed = queues.Create("pty");
        private readonly byte[] _bytes = new byte[Capacity];
        private int _start;
        private int _count;
        private bool _isClosed;

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            lock (_gate)
            {
                while (!bytes.IsEmpty && !_isClosed)
                {
                    if (_count == Capacity && _changed.Wait(_gate, Instant.Never) != Errno.Success)
                    {
                        return; // the writer's job is to end, and has no use for the rest
                    }

                    int end = (_start + _count) % Capacity;
                    int size = Math.Min(bytes.Length, Math.Min(Capacity - _count, Capacity - end));
                    bytes[..size].CopyTo(_bytes.AsSpan(end));
                    _count += size;
                    bytes = bytes[size..];
                    _changed.WakeAll();
                }
            }
        }

        public IoResult Take(Span<byte> destination, Instant deadline)
        {
            lock (_gate)
            {
                while (_count == 0 && !_isClosed)
                {
                    Errno error = _changed.Wait(_gate, deadline);
                    if (error != Errno.Success)
                    {
                        return error;
                    }
                }

                int size = Math.Min(destination.Length, Math.Min(_count, Capacity - _start));
                _bytes.AsSpan(_start, size).CopyTo(destination);
                _start = (_start + size) % Capacity;
                _count -= size;
                _changed.WakeAll();
                return IoResult.Ok(size);
            }
        }

        public void Close()
        {
            lock (_gate)
            {
                _isClosed = true;
                _changed.WakeAll();
            }
        }
    }
}
