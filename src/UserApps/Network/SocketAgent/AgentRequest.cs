using System.Buffers.Binary;

namespace KernelSockets.UserApps.Network.SocketAgent;

/// <summary>A request to the agent: one datagram, little-endian.</summary>
/// <remarks>
/// <code>
/// request   0 id | 4 operation | 8 six arguments of 64 bits | 56 length | 60 data
/// reply     0 id | 4 errno | 8 value of 64 bits | 16 length | 20 data
/// </code>
/// </remarks>
internal sealed class AgentRequest
{
    /// <summary>Bytes of data at most, in both directions.</summary>
    public const int MaximumData = 512;

    /// <summary>Bytes of a request at most.</summary>
    public const int MaximumSize = HeaderSize + MaximumData;

    private const int HeaderSize = 60;
    private const int ReplyHeader = 20;
    private const int Arguments = 6;
    private const int OperationOffset = 4;
    private const int ArgumentsOffset = 8;
    private const int LengthOffset = 56;
    private const int ErrorOffset = 4;
    private const int ValueOffset = 8;
    private const int ReplyLengthOffset = 16;

    private readonly uint _id;
    private readonly long[] _arguments = new long[Arguments];

    private AgentRequest(ReadOnlySpan<byte> bytes)
    {
        _id = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        Operation = (AgentOperation)BinaryPrimitives.ReadUInt32LittleEndian(bytes[OperationOffset..]);
        for (int i = 0; i < Arguments; i++)
        {
            _arguments[i] = BinaryPrimitives.ReadInt64LittleEndian(bytes[(ArgumentsOffset + i * sizeof(long))..]);
        }

        Data = GC.AllocateArray<byte>(MaximumData, pinned: true);
        bytes[HeaderSize..].CopyTo(Data);
        Length = bytes.Length - HeaderSize;
    }

    /// <summary>What is to be done.</summary>
    public AgentOperation Operation { get; }

    /// <summary>Pinned memory of <see cref="MaximumData"/> bytes: first the request's data, then what goes back.</summary>
    public byte[] Data { get; }

    /// <summary>Bytes of <see cref="Data"/> that count.</summary>
    public int Length { get; set; }

    /// <summary>An argument.</summary>
    public long this[int index] => _arguments[index];

    /// <summary>Reads a request.</summary>
    /// <returns>Null when the datagram is none.</returns>
    public static AgentRequest? TryParse(ReadOnlySpan<byte> bytes)
    {
        bool isWhole = bytes.Length >= HeaderSize
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[LengthOffset..]) is <= MaximumData and uint length && bytes.Length == HeaderSize + length;
        return isWhole ? new AgentRequest(bytes) : null;
    }

    /// <summary>The reply.</summary>
    /// <param name="error">The call's errno; 0 for success.</param>
    /// <param name="value">What it returned.</param>
    public byte[] Reply(Errno error, long value)
    {
        byte[] reply = new byte[ReplyHeader + Length];
        BinaryPrimitives.WriteUInt32LittleEndian(reply, _id);
        BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(ErrorOffset), (int)error);
        BinaryPrimitives.WriteInt64LittleEndian(reply.AsSpan(ValueOffset), value);
        BinaryPrimitives.WriteInt32LittleEndian(reply.AsSpan(ReplyLengthOffset), Length);
        Data.AsSpan(0, Length).CopyTo(reply.AsSpan(ReplyHeader));
        return reply;
    }
}

/// <summary>What the agent does; the numbers are part of its protocol.</summary>
internal enum AgentOperation : uint
{
    /// <summary>socket(a0, a1, a2).</summary>
    Socket = 1,

    /// <summary>bind(a0, data).</summary>
    Bind,

    /// <summary>listen(a0, a1).</summary>
    Listen,

    /// <summary>accept(a0); the data that go back are the peer's address.</summary>
    Accept,

    /// <summary>connect(a0, data).</summary>
    Connect,

    /// <summary>recvfrom(a0, a1 bytes, flags a2); the data that go back are the sender's address.</summary>
    ReceiveFrom,

    /// <summary>send(a0, a1 zeros, flags a2).</summary>
    Send,

    /// <summary>fcntl(a0, a1, a2).</summary>
    Fcntl,

    /// <summary>ioctl(a0, a1, &amp;int); the data that go back are the int.</summary>
    Ioctl,

    /// <summary>close(a0).</summary>
    Close,

    /// <summary>shutdown(a0, a1).</summary>
    Shutdown,

    /// <summary>getsockopt(a0, a1, a2, a3 bytes); the data that go back are the value.</summary>
    GetOption,

    /// <summary>setsockopt(a0, a1, a2, data).</summary>
    SetOption,

    /// <summary>poll(data, a0 milliseconds); the data that go back are the descriptors.</summary>
    Poll,

    /// <summary>sendto(a0, a1 zeros, flags a2, data).</summary>
    SendTo,

    /// <summary>Closes everything that was opened, connections at once.</summary>
    Reset,
}
