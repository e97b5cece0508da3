using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Simulation;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>Two hosts on one wire, and streams of bytes between them that are checked byte for byte.</summary>
internal sealed class StreamPair
{
    public const string OneIp = "10.0.0.1";
    public const string TwoIp = "10.0.0.2";

    public StreamPair(int seed, WireFaults? faults = null, PcapWriter? capture = null, int poolSize = 512, bool isOffloading = false)
    {
        Seed = seed;
        Wire = new SimulatedWire(Time, seed, capture: capture);
        One = new SimulatedNode(Time, Wire, "52:54:00:00:00:01", OneIp, seed, poolSize, isOffloading);
        Two = new SimulatedNode(Time, Wire, "52:54:00:00:00:02", TwoIp, seed + 1, poolSize, isOffloading);
        Time.RunFor(TimeSpan.FromSeconds(5));
        Wire.Faults = faults ?? WireFaults.None;
    }

    public int Seed { get; }

    public SimulatedTime Time { get; } = new();

    public SimulatedWire Wire { get; }

    public SimulatedNode One { get; }

    public SimulatedNode Two { get; }

    /// <summary>Connects One to a new listener of Two.</summary>
    public (TestSocket Client, TestSocket Server) Connect(ushort port = 80)
    {
        using TestSocket listener = TestSocket.Listening(Two.Stack, port);
        TestSocket client = new(One.Stack, SocketType.Tcp);
        Assert.Equal(Errno.Success, client.Connect(TwoIp, port));
        TestSocket? server = null;
        RunUntil(() => listener.Accept(out server) == Errno.Success, TimeSpan.FromMinutes(5));
        return (client, server!);
    }

    /// <summary>Runs the simulation until something has come true.</summary>
    public void RunUntil(Func<bool> isDone, TimeSpan limit)
    {
        Instant deadline = Time.Now + limit;
        while (!isDone())
        {
            Assert.True(Time.Step(deadline), $"seed {Seed}: it has not come true within {limit}");
        }
    }

    /// <summary>Nothing is left: no connection, no timer of one, no memory, no buffer.</summary>
    public void AssertNothingLeft(bool afterTimeWait = true)
    {
        if (afterTimeWait)
        {
            Time.RunFor(TimeSpan.FromMinutes(4));
        }

        foreach (SimulatedNode node in (SimulatedNode[])[One, Two])
        {
            node.AssertNoLeak($"seed {Seed}");
            Assert.Empty(node.Stack.Tcp.Connections);
            Assert.Equal(0, node.Stack.Tcp.TimeWaits.Count);
            Assert.Equal((0, 0), (node.Stack.Tcp.Memory.ChunksInUse, node.Stack.SocketMemory.HeldFrames));
        }
    }
}

/// <summary>One direction of a stream: sends seeded bytes in pieces of seeded size, and checks them where they arrive.</summary>
internal sealed class ByteStream(TestSocket from, TestSocket to, long length, int seed)
{
    private readonly Random _content = new(seed);
    private readonly Random _expected = new(seed);
    private readonly Random _sizes = new(seed + 1);
    private readonly byte[] _piece = new byte[16_384];
    private readonly byte[] _taken = new byte[16_384];
    private readonly byte[] _compared = new byte[16_384];
    private int _start;
    private int _end;
    private long _written;
    private bool _isShut;

    public long Arrived { get; private set; }

    public bool IsOver { get; private set; }

    /// <summary>Writes and reads what is possible at the moment.</summary>
    public void Pump()
    {
        Write();
        Read();
    }

    /// <summary>Writes what is possible at the moment, and the end after all of it.</summary>
    public void Write()
    {
        while (_written < length)
        {
            if (_start == _end)
            {
                _start = 0;
                _end = (int)Math.Min(_sizes.Next(1, _piece.Length), length - _written);
                _content.NextBytes(_piece.AsSpan(0, _end));
            }

            IoResult sent = from.SendSpan(_piece.AsSpan(_start, _end - _start));
            if (!sent.IsSuccess)
            {
                Assert.Equal(Errno.EAGAIN, sent.Error);
                return;
            }

            _start += sent.Count;
            _written += sent.Count;
        }

        if (!_isShut)
        {
            _isShut = true;
            Assert.Equal(Errno.Success, from.Shutdown(ShutdownHow.Write));
        }
    }

    private int _chunkLeft;
    private int _chunkAt;

    /// <summary>Reads and checks what is possible at the moment.</summary>
    public void Read()
    {
        while (!IsOver)
        {
            IoResult read = to.ReceiveInto(_taken);
            if (!read.IsSuccess)
            {
                Assert.Equal(Errno.EAGAIN, read.Error);
                return;
            }

            IsOver = read.Count == 0;
            Compare(_taken.AsSpan(0, read.Count));
            Arrived += read.Count;
        }

        Assert.Equal(length, Arrived);
    }

    private readonly Random _expectedSizes = new(seed + 1);

    private void Compare(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_chunkLeft == 0)
            {
                _chunkAt = 0;
                _chunkLeft = (int)Math.Min(_expectedSizes.Next(1, _piece.Length), length - _expectedAt);
                _expectedAt += _chunkLeft;
                _expected.NextBytes(_compared.AsSpan(0, _chunkLeft));
            }

            int size = Math.Min(_chunkLeft, bytes.Length);
            Assert.True(bytes[..size].SequenceEqual(_compared.AsSpan(_chunkAt, size)), $"seed {seed}: wrong bytes near {Arrived}");
            bytes = bytes[size..];
            _chunkAt += size;
            _chunkLeft -= size;
        }
    }

    private long _expectedAt;
}
