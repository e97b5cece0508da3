using System.Buffers.Binary;
using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;
using PacketDotNet;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>A scripted peer at the tester's address: it sends any segment and keeps the numbers of one connection; it never answers by itself.</summary>
internal sealed class TcpPeer(Tester tester, ushort port = 80, ushort ownPort = 4000, uint isn = 0xFFFF_FF00)
{
    private static readonly Ipv4Fields s_toNode = Tester.ToNode with { Protocol = Ipv4Protocol.Tcp, DontFragment = true };

    public Tester Tester => tester;

    /// <summary>The node's port.</summary>
    public ushort Port { get; private set; } = port;

    public ushort OwnPort => ownPort;

    public uint Isn { get; } = isn;

    /// <summary>The peer's next number.</summary>
    public uint Next { get; set; } = isn;

    /// <summary>The node's next number, as far as the peer acknowledges.</summary>
    public uint Expected { get; set; }

    /// <summary>The window that the peer announces, as on the wire.</summary>
    public ushort Window { get; set; } = ushort.MaxValue;

    /// <summary>The options of every segment after the SYN; null for none.</summary>
    public Func<byte[]>? Options { get; set; }

    public TcpStatistics Statistics => tester.Node.Stack.Tcp.Statistics;

    /// <summary>The connection at the node's side.</summary>
    public TcpConnection? Connection => tester.Node.Stack.Tcp.Connections.SingleOrDefault(connection => connection.Key.RemotePort == ownPort && connection.Key.LocalPort == Port);

    public TcpState State => Connection?.State ?? TcpState.Closed;

    /// <summary>A connection that the peer has opened to a new listener of the node, and the socket that accept gave.</summary>
    public static (TcpPeer Peer, TestSocket Socket) Accepted(Tester? tester = null, byte[]? synOptions = null, ushort window = ushort.MaxValue, Action<TestSocket>? prepare = null)
    {
        tester ??= new Tester();
        using TestSocket listener = TestSocket.Listening(tester.Node.Stack, 80);
        prepare?.Invoke(listener);
        TcpPeer peer = new(tester) { Window = window };
        peer.Open(synOptions);
        Assert.Equal(Errno.Success, listener.Accept(out TestSocket? socket));
        return (peer, socket!);
    }

    /// <summary>A connection that the node has opened to the peer.</summary>
    public static (TcpPeer Peer, TestSocket Socket) Connected(Tester? tester = null, byte[]? synOptions = null, Action<TestSocket>? prepare = null)
    {
        (TcpPeer peer, TestSocket socket) = Connecting(tester, prepare);
        Answer none = Assert.Single(peer.Exchange(TcpFlags.Syn | TcpFlags.Ack, options: synOptions));
        Assert.Equal((TcpFlags.Ack, peer.Isn + 1, TcpState.Established), (none.Flags, none.Acknowledgement, peer.State));
        peer.Next = peer.Isn + 1;
        return (peer, socket);
    }

    /// <summary>A node whose SYN is out.</summary>
    public static (TcpPeer Peer, TestSocket Socket) Connecting(Tester? tester = null, Action<TestSocket>? prepare = null)
    {
        tester ??= new Tester();
        TestSocket socket = new(tester.Node.Stack, SocketType.Tcp);
        prepare?.Invoke(socket);
        Assert.Equal(Errno.EINPROGRESS, socket.Connect(Tester.SelfIp, 4000, MessageFlags.DoNotWait));
        TcpPeer peer = new(tester, socket.Name.Port);
        Answer syn = Assert.Single(peer.Settle());
        Assert.Equal(TcpFlags.Syn, syn.Flags);
        peer.Expected = syn.Sequence + 1;
        return (peer, socket);
    }

    /// <summary>Opens a connection to the node's listener.</summary>
    /// <param name="synOptions">The SYN's options.</param>
    /// <param name="options">Those of every later segment, when they depend on the answer.</param>
    public Answer Open(byte[]? synOptions = null, Func<Answer, byte[]>? options = null)
    {
        Answer answer = Assert.Single(Exchange(TcpFlags.Syn, options: synOptions ?? []));
        Assert.Equal(TcpFlags.Syn | TcpFlags.Ack, answer.Flags);
        Assert.Equal(Isn + 1, answer.Acknowledgement);
        Next = Isn + 1;
        Expected = answer.Sequence + 1;
        Options = options is null ? Options : () => options(answer);
        Assert.Empty(Exchange(TcpFlags.Ack));
        return answer;
    }

    /// <summary>Builds a segment; what is not said is as the connection has it.</summary>
    public byte[] Make(TcpFlags flags, byte[]? data = null, uint? seq = null, uint? ack = null, ushort? window = null, byte[]? options = null, ushort urgent = 0)
    {
        options ??= Options?.Invoke() ?? [];
        data ??= [];
        int headerSize = TcpHeader.MinimumSize + ((options.Length + 3) & ~3);
        byte[] segment = new byte[headerSize + data.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment, ownPort);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), seq ?? Next);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), (flags & TcpFlags.Ack) != 0 ? ack ?? Expected : ack ?? 0);
        segment[12] = (byte)(headerSize / 4 << 4);
        segment[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), window ?? Window);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(18), urgent);
        options.CopyTo(segment, TcpHeader.MinimumSize);
        data.CopyTo(segment, headerSize);
        return Seal(segment);
    }

    /// <summary>Fills in the checksum.</summary>
    public static byte[] Seal(byte[] segment, Ipv4Address? source = null)
    {
        segment[16] = segment[17] = 0;
        TcpFields.WriteChecksum(segment, source ?? Tester.Self4, Tester.Node4);
        return segment;
    }

    /// <summary>Sends a segment that was built by hand.</summary>
    public void SendRaw(byte[] segment) => tester.SendDatagram(Frames.Datagram(s_toNode, segment));

    public void Send(TcpFlags flags, byte[]? data = null, uint? seq = null, uint? ack = null, ushort? window = null, byte[]? options = null, ushort urgent = 0) =>
        SendRaw(Make(flags, data, seq, ack, window, options, urgent));

    /// <summary>Sends a segment and returns what the node answers at once.</summary>
    public Answer[] Exchange(TcpFlags flags, byte[]? data = null, uint? seq = null, uint? ack = null, ushort? window = null, byte[]? options = null, ushort urgent = 0)
    {
        Send(flags, data, seq, ack, window, options, urgent);
        return Settle();
    }

    /// <summary>Sends data in order.</summary>
    public Answer[] SendData(byte[] data, TcpFlags more = TcpFlags.Psh)
    {
        Send(TcpFlags.Ack | more, data);
        Next += (uint)data.Length + ((more & TcpFlags.Fin) != 0 ? 1u : 0);
        return Settle();
    }

    /// <summary>Takes over what the node has sent, and acknowledges all of it.</summary>
    public Answer[] AcknowledgeAll(params Answer[] answers)
    {
        Expected = answers.Where(answer => answer.Length > 0).Select(answer => answer.End).Append(Expected).MaxBy(end => (int)(end - Expected));
        return Exchange(TcpFlags.Ack);
    }

    /// <summary>Lets time pass and returns what the node has sent.</summary>
    public Answer[] Settle(TimeSpan? time = null)
    {
        tester.Settle(time);
        return Take();
    }

    public Answer[] Settle(double seconds) => Settle(TimeSpan.FromSeconds(seconds));

    /// <summary>What the node has sent to this peer.</summary>
    public Answer[] Take() => [.. tester.Probe.Take().Where(IsTcp).Select(Answer.Judge).Where(answer => answer.DestinationPort == ownPort && answer.SourcePort == Port)];

    /// <summary>Reads everything that waits.</summary>
    public static byte[] ReadAll(TestSocket socket)
    {
        List<byte> all = [];
        while (socket.Receive(size: 65_536) is { Error: Errno.Success, Data.Length: > 0 } piece)
        {
            all.AddRange(piece.Data);
        }

        return [.. all];
    }

    /// <summary>Closes the node's socket and everything that waits, and finds nothing left but TIME-WAIT.</summary>
    public void AssertNothingLeft(params TestSocket[] sockets)
    {
        Array.ForEach(sockets, static socket => socket.Dispose());
        tester.Settle(TimeSpan.FromMinutes(6));
        tester.Probe.Take();
        Assert.Empty(tester.Node.Stack.Tcp.Connections);
        Assert.Equal(0, tester.Node.Stack.Tcp.TimeWaits.Count);
        Assert.Equal((0, 0), (tester.Node.Stack.Tcp.Memory.ChunksInUse, tester.Node.Stack.SocketMemory.HeldFrames));
        tester.AssertAlive();
    }

    private static bool IsTcp(byte[] frame) => Frames.IsIpv4(frame) && frame[23] == (byte)Ipv4Protocol.Tcp;
}

/// <summary>A segment of the node, read by PacketDotNet.</summary>
internal sealed record Answer(
    TcpFlags Flags, uint Sequence, uint Acknowledgement, ushort Window, byte[] Data, ushort UrgentPointer, ushort SourcePort, ushort DestinationPort, byte[] OptionBytes, int Size)
{
    private const byte NoOperation = 1;

    public int Length => Data.Length + ((Flags & TcpFlags.Syn) != 0 ? 1 : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1 : 0);

    public uint End => Sequence + (uint)Length;

    public bool IsBareAck => Flags == TcpFlags.Ack && Data.Length == 0;

    /// <summary>The options by kind, without their two bytes of head.</summary>
    public Dictionary<byte, byte[]> Options
    {
        get
        {
            Dictionary<byte, byte[]> options = [];
            for (int i = 0; i < OptionBytes.Length && OptionBytes[i] != 0; i += OptionBytes[i] == NoOperation ? 1 : OptionBytes[i + 1])
            {
                if (OptionBytes[i] != NoOperation)
                {
                    options.Add(OptionBytes[i], OptionBytes[(i + 2)..(i + OptionBytes[i + 1])]);
                }
            }

            return options;
        }
    }

    public ushort? MaximumSegment => Options.TryGetValue(2, out byte[]? value) ? BinaryPrimitives.ReadUInt16BigEndian(value) : null;

    public byte? Scale => Options.TryGetValue(3, out byte[]? value) ? value[0] : null;

    public bool IsSackPermitted => Options.ContainsKey(4);

    public (uint Value, uint Echo)? Timestamps => Options.TryGetValue(8, out byte[]? value)
        ? (BinaryPrimitives.ReadUInt32BigEndian(value), BinaryPrimitives.ReadUInt32BigEndian(value.AsSpan(4)))
        : null;

    public (uint Left, uint Right)[] Sack => Options.TryGetValue(5, out byte[]? value)
        ? [.. value.Chunk(8).Select(block => (BinaryPrimitives.ReadUInt32BigEndian(block), BinaryPrimitives.ReadUInt32BigEndian(block.AsSpan(4))))]
        : [];

    public static Answer Judge(byte[] frame)
    {
        IPv4Packet ip = Frames.JudgeIpv4(frame);
        TcpPacket tcp = Assert.IsType<TcpPacket>(ip.PayloadPacket);
        Assert.True(tcp.ValidTcpChecksum, "bad TCP checksum");
        Assert.True(tcp.DataOffset * 4 <= ip.PayloadLength);
        return new Answer(
            (TcpFlags)(byte)tcp.Flags, tcp.SequenceNumber, tcp.AcknowledgmentNumber, tcp.WindowSize, tcp.PayloadData ?? [], (ushort)tcp.UrgentPointer,
            tcp.SourcePort, tcp.DestinationPort, tcp.HeaderData[TcpHeader.MinimumSize..], ip.TotalLength);
    }
}

/// <summary>TCP options as bytes.</summary>
internal static class Opt
{
    public static byte[] Mss(ushort size) => [2, 4, (byte)(size >> 8), (byte)size];

    public static byte[] Scale(byte shift) => [1, 3, 3, shift];

    public static byte[] SackPermitted => [1, 1, 4, 2];

    public static byte[] Timestamps(uint value, uint echo)
    {
        byte[] bytes = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), echo);
        return bytes;
    }

    public static byte[] Sack(params (uint Left, uint Right)[] blocks)
    {
        byte[] bytes = new byte[4 + (8 * blocks.Length)];
        (bytes[0], bytes[1], bytes[2], bytes[3]) = (1, 1, 5, (byte)(bytes.Length - 2));
        for (int i = 0; i < blocks.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 + (8 * i)), blocks[i].Left);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8 + (8 * i)), blocks[i].Right);
        }

        return bytes;
    }

    /// <summary>What a modern peer offers, but for timestamps.</summary>
    public static byte[] Modern => [.. Mss(1460), .. SackPermitted, .. Scale(7)];
}
