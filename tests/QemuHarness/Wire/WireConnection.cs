using System.Text;
using System.Threading.Channels;
using PacketDotNet;

namespace KernelSockets.QemuHarness.Wire;

/// <summary>One side of a TCP connection, played by a test: it sends any segment, and answers only when the test lets it.</summary>
internal sealed class WireConnection(TcpStation station, ushort port, ushort ownPort)
{
    /// <summary>After so long without an answer a segment is sent once more: a burst may have filled the guest's receive ring.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly Channel<TcpPacket> _received = Channel.CreateUnbounded<TcpPacket>();

    /// <summary>The guest's port.</summary>
    public ushort Port => port;

    public ushort OwnPort => ownPort;

    /// <summary>The number of the next byte to send.</summary>
    public uint Next { get; set; } = (uint)Random.Shared.NextInt64();

    /// <summary>The number of the guest's next byte, as far as this side acknowledges.</summary>
    public uint Expected { get; set; }

    /// <summary>The window that is announced.</summary>
    public ushort Window { get; set; } = ushort.MaxValue;

    /// <summary>Answers segments as they come, instead of keeping them; null to keep them.</summary>
    public Action<TcpPacket>? Answer { get; set; }

    /// <summary>A segment has come from the guest.</summary>
    public void Take(TcpPacket segment)
    {
        if (Answer is { } answer)
        {
            answer(segment);
        }
        else
        {
            _received.Writer.TryWrite(segment);
        }
    }

    /// <summary>A segment of this connection, to be spoilt; what is not said is as the connection has it.</summary>
    public RawSegment Segment(SegmentFlags flags, byte[]? data = null) => new()
    {
        SourcePort = ownPort,
        DestinationPort = port,
        Sequence = Next,
        Acknowledgement = (flags & SegmentFlags.Ack) != 0 ? Expected : 0,
        Flags = flags,
        Window = Window,
        Data = data ?? [],
    };

    public Task SendAsync(RawSegment segment) => station.Peer.SendAsync(segment.ToBytes());

    public Task SendAsync(SegmentFlags flags, byte[]? data = null) => SendAsync(Segment(flags, data));

    /// <summary>The three-way handshake.</summary>
    /// <param name="options">Of the SYN.</param>
    /// <param name="window">What is announced from the beginning.</param>
    public async Task OpenAsync(byte[] options, ushort window = ushort.MaxValue)
    {
        Window = window;
        TcpPacket answer = await AskAsync(Segment(SegmentFlags.Syn) with { Options = options }, static segment => segment.Synchronize);
        Assert.Equal(Next + 1, answer.AcknowledgmentNumber);
        Next++;
        Expected = answer.SequenceNumber + 1;
        await SendAsync(SegmentFlags.Ack);
    }

    /// <summary>Sends data in order, as one segment.</summary>
    public async Task WriteAsync(byte[] data)
    {
        RawSegment segment = Segment(SegmentFlags.Ack | SegmentFlags.Psh, data);
        Next += (uint)data.Length;
        await SendAsync(segment);
    }

    /// <summary>Sends a little data to a server that sends them back, again if need be.</summary>
    /// <returns>What comes back.</returns>
    public async Task<byte[]> EchoAsync(byte[] data)
    {
        RawSegment segment = Segment(SegmentFlags.Ack | SegmentFlags.Psh, data);
        Next += (uint)data.Length;
        TcpPacket answer = await AskAsync(segment, answer => answer.SequenceNumber == Expected && answer.PayloadData is { Length: > 0 });
        Expected += (uint)answer.PayloadData.Length;
        await SendAsync(SegmentFlags.Ack);
        return answer.PayloadData;
    }

    /// <summary>Sends a text.</summary>
    public Task WriteAsync(string text) => WriteAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Takes and acknowledges data, until there are so many or the guest ends its side.</summary>
    /// <returns>They; fewer when the guest has closed or reset the connection.</returns>
    public async Task<byte[]> ReadAsync(int count)
    {
        List<byte> all = [];
        while (all.Count < count)
        {
            TcpPacket segment = await ReceiveAsync(static _ => true, Limits.Command);
            if (segment.Reset)
            {
                break;
            }

            byte[] data = segment.PayloadData ?? [];
            if (segment.SequenceNumber == Expected && (data.Length > 0 || segment.Finished))
            {
                all.AddRange(data);
                Expected += (uint)data.Length + (segment.Finished ? 1u : 0);
                await SendAsync(SegmentFlags.Ack);
                if (segment.Finished)
                {
                    break;
                }
            }
            else if (data.Length > 0)
            {
                await SendAsync(SegmentFlags.Ack); // again, or beyond a hole
            }
        }

        return [.. all];
    }

    /// <summary>Reads up to the guest's FIN or reset.</summary>
    public async Task<string> ReadToEndAsync() => Encoding.Latin1.GetString(await ReadAsync(int.MaxValue));

    /// <summary>Ends the connection in order: FIN, and the guest's FIN.</summary>
    public async Task CloseAsync()
    {
        TcpPacket end = await AskAsync(Segment(SegmentFlags.Ack | SegmentFlags.Fin), static segment => segment.Finished || segment.Reset);
        Next++;
        if (end.Finished)
        {
            Expected = end.SequenceNumber + (uint)(end.PayloadData?.Length ?? 0) + 1;
            await SendAsync(SegmentFlags.Ack);
        }

        station.Forget(this);
    }

    /// <summary>Ends the connection by a reset.</summary>
    public async Task ResetAsync()
    {
        station.Forget(this);
        await SendAsync(SegmentFlags.Rst | SegmentFlags.Ack);
    }

    /// <summary>Waits for a segment; others are passed over.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public async Task<TcpPacket> ReceiveAsync(Func<TcpPacket, bool> condition, TimeSpan limit)
    {
        using CancellationTokenSource deadline = new(limit);
        try
        {
            while (true)
            {
                TcpPacket segment = await _received.Reader.ReadAsync(deadline.Token);
                if (condition(segment))
                {
                    return segment;
                }
            }
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The guest's port {port} did not answer as expected within {limit.TotalSeconds} s.");
        }
    }

    /// <summary>Sends a segment, and again until the answer is there.</summary>
    public async Task<TcpPacket> AskAsync(RawSegment segment, Func<TcpPacket, bool> condition)
    {
        TcpPacket? answer = null;
        await Eventually.TrueAsync(
            async () =>
            {
                await SendAsync(segment);
                try
                {
                    answer = await ReceiveAsync(condition, s_patience);
                    return true;
                }
                catch (TimeoutException)
                {
                    return false;
                }
            },
            $"port {port} answers", Limits.Command);
        return answer!;
    }
}
